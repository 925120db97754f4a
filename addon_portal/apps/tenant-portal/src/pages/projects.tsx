import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { PageHead } from "@/components/page-head";
import { RunLine } from "@/components/run-line";
import { Skeleton } from "@/components/skeleton";
import { projectsQuery } from "@/lib/projects";

/** All projects of the tenant, with how the newest run of each stands. */
export function ProjectsPage() {
  const { data, error, refetch } = useInfiniteQuery(projectsQuery({}));
  const projects = data?.pages.flatMap((page) => page.items);
  return (
    <>
      <PageHead title="Projects" />
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!projects && !error && <Skeleton rows={8} />}
      {projects?.length === 0 && <EmptyState title="No projects yet." />}
      <ul className="divide-y divide-line">
        {projects?.map((project) => (
          <li key={project.id} className="relative flex flex-wrap items-center gap-x-4 py-2 hover:bg-hover">
            <Link
              to="/projects/$projectId"
              params={{ projectId: project.id }}
              className="w-64 truncate font-medium after:absolute after:inset-0"
            >
              {project.name}
            </Link>
            <RunLine run={project.latest_run} />
          </li>
        ))}
      </ul>
    </>
  );
}
