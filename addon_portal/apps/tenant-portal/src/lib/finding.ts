/** What the command palette looks for on the server: projects by a part of their names, and the newest runs. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Project } from "@/lib/projects";
import type { Run } from "@/lib/run-words";

const MOST = 8;

export const foundProjects = (search: string) =>
  queryOptions({
    queryKey: [...keys.projects, "found", search],
    queryFn: async ({ signal }): Promise<Project[]> => {
      const query = { limit: MOST, ...(search && { search }) };
      return (await answerOf(client.GET("/api/tenant/projects", { params: { query }, signal }))).items;
    },
    placeholderData: keepPreviousData,
  });

export const newestRuns = queryOptions({
  queryKey: [...keys.runs, "newest"],
  queryFn: async ({ signal }): Promise<Run[]> =>
    (await answerOf(client.GET("/api/tenant/runs", { params: { query: { limit: MOST } }, signal }))).items,
  // It is read whenever the palette opens: no event changes it.
  staleTime: 0,
});
