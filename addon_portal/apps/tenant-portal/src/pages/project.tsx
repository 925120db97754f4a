import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { buttonLook } from "@/components/button";
import { DefinitionFacts } from "@/components/definition-facts";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { LastOutput } from "@/components/last-output";
import { PageHead } from "@/components/page-head";
import { DeleteControl } from "@/components/project/delete-control";
import { ProjectFiles } from "@/components/project/project-files";
import { ProjectRestarts } from "@/components/project/project-restarts";
import { ProjectSchedule } from "@/components/project/project-schedule";
import { ProjectActions } from "@/components/project-actions";
import { RunVerdict } from "@/components/run/run-verdict";
import { RunWhy } from "@/components/run/run-why";
import { RunHistory } from "@/components/run-history";
import { ScheduledRestart } from "@/components/scheduled-restart";
import { Skeleton } from "@/components/skeleton";
import { type Project, projectQuery } from "@/lib/projects";

/** One project: how its newest run stands and why, what can be done about it, what ran before. */
export function ProjectPage() {
  const { projectId } = useParams({ from: "/app/projects/$projectId" });
  const { data: project, error, refetch } = useQuery(projectQuery(projectId));
  if (!project) return error ? <ErrorNote error={error} retry={() => void refetch()} /> : <Skeleton rows={8} />;
  const run = project.latest_run;
  return (
    <>
      <PageHead title={project.name} actions={<Acts project={project} />}>
        {run ? (
          <RunVerdict run={run} />
        ) : (
          <EmptyState title="It has never run.">Run it: the button is at the top.</EmptyState>
        )}
        {project.scheduled_restart && <ScheduledRestart project={project} scheduled={project.scheduled_restart} />}
      </PageHead>
      {run && (
        <div className="mt-6 grid items-start gap-x-8 lg:grid-cols-[3fr_2fr]">
          <LastOutput run={run} />
          <div className="min-w-0 lg:-mt-8">
            <RunWhy run={run} />
          </div>
        </div>
      )}
      {run && <RunHistory projectId={project.id} />}
      <div className="grid items-start gap-x-8 lg:grid-cols-2">
        <ProjectSchedule project={project} />
        <ProjectRestarts project={project} />
      </div>
      <ProjectFiles project={project} />
      <DefinitionFacts project={project} />
      <div className="mt-6">
        <DeleteControl project={project} />
      </div>
    </>
  );
}

function Acts({ project }: { project: Project }) {
  return (
    <>
      <Link to="/projects/$projectId/edit" params={{ projectId: project.id }} className={buttonLook()}>
        Change
      </Link>
      <ProjectActions project={project} />
    </>
  );
}
