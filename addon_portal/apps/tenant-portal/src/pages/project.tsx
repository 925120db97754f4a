import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { PageHead } from "@/components/page-head";
import { RunLine } from "@/components/run-line";
import { RunRows } from "@/components/run-rows";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { projectQuery } from "@/lib/projects";
import { projectRunsQuery } from "@/lib/runs";

/** One project: how its newest run stands, and those before. */
export function ProjectPage() {
  const { projectId } = useParams({ from: "/app/projects/$projectId" });
  const { data: project, error, refetch } = useQuery(projectQuery(projectId));
  const runs = useInfiniteQuery(projectRunsQuery(projectId));
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!project) return <Skeleton rows={8} />;
  return (
    <>
      <PageHead title={project.name}>
        <RunLine run={project.latest_run} />
        {project.execution_error && <p className="mt-1">{project.execution_error}</p>}
      </PageHead>
      <Section title="Runs">
        <RunRows
          runs={runs.data?.pages.flatMap((page) => page.items) ?? []}
          empty={<EmptyState title="It has never run." />}
        />
      </Section>
    </>
  );
}
