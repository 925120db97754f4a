/** What is read of one run beside the run itself: evidence, what it has used and changed, and how it differs from another. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

export type Evidence = Schemas["EvidenceBody"];
export type Usage = Schemas["UsageBody"];
export type UsagePoint = Schemas["UsagePointBody"];
export type FileEntry = Schemas["FileBody"];
export type Comparison = Schemas["ComparisonBody"];

/** No event tells of samples: while a run is active and somebody looks at them they are asked for, this often. */
const USAGE_EVERY_MS = 5_000;

const byId = (runId: string) => ({ path: { run_id: runId } });

/** Read anew whenever the run has another state or is to be killed sooner, or is told to have ended otherwise. */
export const evidenceOf = (run: Run) =>
  queryOptions({
    queryKey: [...keys.run(run.run_id), "evidence", run.state, run.reason, run.stop_deadline_at],
    queryFn: ({ signal }): Promise<Evidence> =>
      answerOf(client.GET("/api/tenant/runs/{run_id}/evidence", { params: byId(run.run_id), signal })),
    placeholderData: keepPreviousData,
  });

export const usageOf = (run: Run) =>
  queryOptions({
    queryKey: [...keys.run(run.run_id), "usage", isFinal(run.state)],
    queryFn: ({ signal }): Promise<Usage> =>
      answerOf(client.GET("/api/tenant/runs/{run_id}/usage", { params: byId(run.run_id), signal })),
    refetchInterval: isFinal(run.state) ? false : USAGE_EVERY_MS,
    placeholderData: keepPreviousData,
  });

export const changedFilesOf = (run: Run) =>
  infiniteQueryOptions({
    queryKey: [...keys.run(run.run_id), "files", isFinal(run.state)],
    queryFn: ({ pageParam, signal }) => {
      const params = { ...byId(run.run_id), query: pageParam === null ? {} : { cursor: pageParam } };
      return answerOf(client.GET("/api/tenant/runs/{run_id}/files", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const comparisonOf = (run: Run, other: string) =>
  queryOptions({
    queryKey: [...keys.run(run.run_id), "compare", other, run.state],
    queryFn: ({ signal }): Promise<Comparison> => {
      const params = { path: { run_id: other, other_run_id: run.run_id } };
      return answerOf(client.GET("/api/tenant/runs/{run_id}/compare/{other_run_id}", { params, signal }));
    },
    placeholderData: keepPreviousData,
  });

/** Where a file that a run left can be downloaded. */
export function fileAddress(runId: string, path: string): string {
  return `/api/tenant/runs/${encodeURIComponent(runId)}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}
