/** What the command palette looks for on the server: projects by a part of their names, and the newest runs. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client } from "@/lib/api";
import { keys } from "@/lib/keys";
import type { Project } from "@/lib/projects";
import type { Run } from "@/lib/run-words";

const MOST = 8;

/** Told behind the last of those that are shown where more were found. */
export const AND_MORE = "And more: go on typing.";

/** The first of what was looked for; `areMore` of them are there than are told. */
export interface Found<T> {
  readonly items: readonly T[];
  readonly areMore: boolean;
}

export const foundProjects = (search: string) =>
  queryOptions({
    queryKey: [...keys.projects, "found", search],
    queryFn: async ({ signal }): Promise<Found<Project>> => {
      const query = { limit: MOST, ...(search && { search }) };
      return foundOf(await answerOf(client.GET("/api/tenant/projects", { params: { query }, signal })));
    },
    placeholderData: keepPreviousData,
  });

export const newestRuns = queryOptions({
  queryKey: [...keys.runs, "newest"],
  queryFn: async ({ signal }): Promise<Found<Run>> =>
    foundOf(await answerOf(client.GET("/api/tenant/runs", { params: { query: { limit: MOST } }, signal }))),
  // It is read whenever the palette opens: no event changes it.
  staleTime: 0,
});

const foundOf = <T>({ items, next_cursor }: { items: T[]; next_cursor: string | null }): Found<T> => ({
  items,
  areMore: next_cursor !== null,
});
