/** Runs: how they are read. What happens to them comes with the events. */
import { infiniteQueryOptions, queryOptions, skipToken } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { laterOf } from "@/lib/event-batch";
import { keys } from "@/lib/keys";
import type { Run } from "@/lib/run-words";
import type { RunState } from "@/lib/states";

const PAGE = 50;

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: keys.run(runId),
    queryFn: async ({ client: cache, signal }): Promise<Run> => {
      const params = { path: { run_id: runId } };
      const run = await answerOf(client.GET("/api/tenant/runs/{run_id}", { params, signal }));
      return laterOf(cache.getQueryData<Run>(keys.run(runId)), run);
    },
  });

export const projectRunsQuery = (projectId: string) =>
  infiniteQueryOptions({
    queryKey: keys.runList({ project: projectId }),
    queryFn: async ({ pageParam, signal }): Promise<Schemas["RunPage"]> => {
      const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) };
      const params = { path: { project_id: projectId }, query };
      return answerOf(client.GET("/api/tenant/projects/{project_id}/runs", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export type RunFilter = {
  since?: string;
  finished_since?: string;
  finished_until?: string;
  state?: RunState[];
};

/** Runs of all projects, newest first, or the last to end first where it is asked by the end. */
export const runsQuery = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: keys.runList(filter),
    queryFn: async ({ pageParam, signal }): Promise<Schemas["RunPage"]> => {
      const query = { ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) };
      return answerOf(client.GET("/api/tenant/runs", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Whether somebody looks after the runs; the event stream says so first of all, and whenever it changes. */
export const hostQuery = queryOptions<{ observed_at: string | null; unreachable: boolean }>({
  queryKey: keys.host,
  queryFn: skipToken,
  staleTime: Number.POSITIVE_INFINITY,
});
