/** Projects: how they are read and changed, run, restarted and stopped. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Parameters } from "@/lib/parameters";
import type { ProjectFilter } from "@/lib/project-filter";
import type { Run } from "@/lib/run-words";

export type Project = Schemas["ProjectBody"];

const PAGE = 100;

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId),
    queryFn: ({ signal }): Promise<Project> =>
      answerOf(
        client.GET("/api/tenant/projects/{project_id}", { params: { path: { project_id: projectId } }, signal }),
      ),
  });

/** `live-cache.ts` notes when a list has other rows than those that were read; whoever shows it reads it anew then. */
export const projectsQuery = (filter: ProjectFilter) =>
  infiniteQueryOptions({
    queryKey: keys.projectList(filter),
    queryFn: async ({ pageParam, signal }): Promise<Schemas["ProjectPage"]> => {
      const { search, standings, attention, sort } = filter;
      const query = {
        limit: PAGE,
        ...(search && { search }),
        ...(standings && { standing: [...standings] }),
        ...(attention && { attention }),
        ...(sort && { sort }),
        ...(pageParam && { cursor: pageParam }),
      };
      return answerOf(client.GET("/api/tenant/projects", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    // A project that was made elsewhere and has never run is told of by no event.
    refetchOnMount: "always",
  });

export type RestartChoices = {
  /** The run that was seen: once somebody else has restarted it, the answer says so and names the new one. */
  runId: string;
  definition?: "pinned" | "latest";
  workspace?: "keep" | "clean";
  parameters?: Parameters;
  env?: Record<string, string>;
  note?: string;
  confirm?: boolean;
  stopFirst?: boolean;
};

/**
 * Restart a project's run; the new run, or with `stopFirst` the one that is being stopped. With one `idempotencyKey` for
 * all tries of one decision it is done once, whatever happens to requests and answers on their way.
 */
export async function restartProject(projectId: string, choices: RestartChoices, idempotencyKey: string): Promise<Run> {
  const body = {
    run_id: choices.runId,
    definition: choices.definition ?? "pinned",
    workspace: choices.workspace ?? "keep",
    confirm: choices.confirm ?? false,
    when_running: choices.stopFirst ? ("stop_first" as const) : ("refuse" as const),
    ...(choices.parameters && { parameters: choices.parameters }),
    ...(choices.env && { env: choices.env }),
    ...(choices.note && { note: choices.note }),
  };
  const params = { path: { project_id: projectId }, header: { "Idempotency-Key": idempotencyKey } };
  return answerOf(client.POST("/api/tenant/projects/{project_id}/restart", { params, body }));
}

export async function runProject(projectId: string, idempotencyKey: string): Promise<Run> {
  const params = { path: { project_id: projectId }, header: { "Idempotency-Key": idempotencyKey } };
  return answerOf(client.POST("/api/tenant/projects/{project_id}/run", { params, body: {} }));
}

export type StopChoices = {
  note: string;
  /** Less than the project's, or than what is left to a run that is being stopped. */
  graceSeconds?: number;
};

export async function stopProject(
  projectId: string,
  runId: string,
  { note, graceSeconds }: StopChoices,
  idempotencyKey: string,
): Promise<Run> {
  const params = { path: { project_id: projectId }, header: { "Idempotency-Key": idempotencyKey } };
  const grace = graceSeconds !== undefined && { grace_seconds: graceSeconds };
  const body = { run_id: runId, ...(note && { note }), ...grace };
  return answerOf(client.POST("/api/tenant/projects/{project_id}/stop", { params, body }));
}

const of = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const callRestartOff = (projectId: string) =>
  answerOf(client.DELETE("/api/tenant/projects/{project_id}/scheduled-restart", of(projectId)));

export const bringRestartForward = (projectId: string) =>
  answerOf(client.POST("/api/tenant/projects/{project_id}/scheduled-restart/now", of(projectId)));
