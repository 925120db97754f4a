import { useInfiniteQuery } from "@tanstack/react-query";
import { projectsQuery } from "@/lib/projects";

/** The first hundred projects by their names, to choose one. */
export function useProjectNames() {
  const { data, hasNextPage } = useInfiniteQuery(projectsQuery({ sort: "name" }));
  return { projects: data?.pages.flatMap((page) => page.items) ?? [], areMore: hasNextPage };
}
