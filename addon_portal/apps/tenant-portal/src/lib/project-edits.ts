/** Projects made, changed and deleted, and their code. */
import { queryOptions } from "@tanstack/react-query";
import { ApiProblem, answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { ProjectForm, ProjectRequest } from "@/lib/project-form";
import { changeOf } from "@/lib/project-request";
import type { Project } from "@/lib/projects";
import { putFile, type Sent } from "@/lib/uploads";

export type Offer = Schemas["OfferBody"];

const LOOK_AGAIN_MS = 1_000;

const of = (projectId: string) => ({ path: { project_id: projectId } });

/** What may be run here: the operator's programs, and whether own commands. */
export const offerQuery = queryOptions({
  queryKey: keys.offer,
  queryFn: ({ signal }): Promise<Offer> => answerOf(client.GET("/api/tenant/programs", { signal })),
});

export const createProject = (body: ProjectRequest): Promise<Project> =>
  answerOf(client.POST("/api/tenant/projects", { body }));

/** Refused where the project is not any more what was seen. */
export const changeProject = (seen: Project, form: ProjectForm): Promise<Project> => {
  const body = changeOf(seen, form);
  return answerOf(client.PUT("/api/tenant/projects/{project_id}", { params: of(seen.id), body }));
};

export const deleteProject = (projectId: string) =>
  answerOf(client.DELETE("/api/tenant/projects/{project_id}", { params: of(projectId) }));

export const uploadCode = (projectId: string, file: File, onProgress: (sent: Sent) => void, signal: AbortSignal) =>
  putFile<Project>(`/api/tenant/projects/${encodeURIComponent(projectId)}/files`, file, onProgress, signal);

/** Resolves once the code is there; what git said otherwise is the problem. */
export async function fetchCode(projectId: string, git: string, ref: string, signal: AbortSignal): Promise<void> {
  const body = { git, ref };
  const params = of(projectId);
  let request: Schemas["CodeRequestBody"] = await answerOf(
    client.PUT("/api/tenant/projects/{project_id}/code", { params, body, signal }),
  );
  while (!request.completed_at) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    const path = { request_id: request.id };
    request = await answerOf(client.GET("/api/tenant/code-requests/{request_id}", { params: { path }, signal }));
  }
  if (request.problem) throw gitProblem(request.problem);
}

function gitProblem(detail: string) {
  return new ApiProblem({
    type: "about:blank",
    title: "Git did not bring the code",
    status: 422,
    code: "git_failed",
    detail,
    problems: [],
  });
}
