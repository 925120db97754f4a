/** The files of a project's workspace: listed directory by directory, and where they can be downloaded. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Project } from "@/lib/projects";
import { isFinal } from "@/lib/states";

export type FileEntry = Schemas["FileBody"];

/** Read anew when there is another run, when it begins and so has a workspace, when it ends, and when there is other code. */
export const filesQuery = (project: Project, path: string) => {
  const run = project.latest_run;
  const seen = run && [run.run_id, run.started_at !== null, isFinal(run.state)];
  return infiniteQueryOptions({
    queryKey: [...keys.files(project.id), path, seen, project.code?.digest],
    queryFn: ({ pageParam, signal }): Promise<Schemas["FilePageBody"]> => {
      const query = { ...(path && { path }), ...(pageParam !== null && { cursor: pageParam }) };
      const params = { path: { project_id: project.id }, query };
      return answerOf(client.GET("/api/tenant/projects/{project_id}/files", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    retry: false,
  });
};

/** Whether there is something to list: a workspace, or the code for the first one. */
export function hasFiles({ latest_run: run, working_directory: own, code }: Project): boolean {
  return run ? run.workspace !== null : own === null && code !== null;
}

const base = (projectId: string) => `/api/tenant/projects/${encodeURIComponent(projectId)}`;

export function fileAddress(projectId: string, path: string): string {
  return `${base(projectId)}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** A directory with all that is in it. */
export function archiveAddress(projectId: string, path: string): string {
  return `${base(projectId)}/archive${path ? `?path=${encodeURIComponent(path)}` : ""}`;
}

export const nameOf = (path: string) => path.split("/").at(-1) ?? path;

/** The directories above a path and itself: `a`, `a/b`. */
export function stepsOf(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** The search part of a project's address: which directory of its files is shown. */
export function projectSearch({ path }: Record<string, unknown>): { path?: string } {
  const steps = typeof path === "string" ? stepsOf(path) : [];
  return steps.length && !steps.some((step) => /(^|\/)\.\.?$/.test(step)) ? { path: steps.at(-1) as string } : {};
}
