import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { ErrorNote } from "@/components/error-note";
import { PageHead } from "@/components/page-head";
import { ProjectForm } from "@/components/project-form/project-form";
import { Skeleton } from "@/components/skeleton";
import { useSession } from "@/hooks/use-session";
import { useTimeZone } from "@/hooks/use-time-zone";
import { emptyForm, formOf } from "@/lib/project-form";
import { type Project, projectQuery } from "@/lib/projects";
import { roleRefusal } from "@/lib/run-acts";
import { type Schedule, scheduleQuery } from "@/lib/schedules";

/** A project that is not there yet. */
export function NewProjectPage() {
  const zone = useTimeZone();
  return (
    <>
      <PageHead title="New project" />
      <ProjectForm initial={emptyForm(zone)} stored={null} hadSchedule={false} blocked={useRefusal()} />
    </>
  );
}

/** What defines a project, to be changed. It begins with what is stored when the page is opened. */
export function EditProjectPage() {
  const { projectId } = useParams({ from: "/app/projects/$projectId/edit" });
  const project = useQuery({ ...projectQuery(projectId), staleTime: 0 });
  const schedule = useQuery({ ...scheduleQuery(projectId), staleTime: 0 });
  const error = project.error ?? schedule.error;
  const isRead = project.isFetchedAfterMount && schedule.isFetchedAfterMount;
  if (error) return <ErrorNote error={error} retry={() => void project.refetch()} />;
  if (!project.data || schedule.data === undefined || !isRead) return <Skeleton rows={8} />;
  return (
    <>
      <nav aria-label="Where this is" className="mb-1 text-quiet">
        <Link to="/projects" className="hover:text-ink hover:underline">
          Projects
        </Link>
        {" / "}
        <Link to="/projects/$projectId" params={{ projectId }} className="hover:text-ink hover:underline">
          {project.data.name}
        </Link>
      </nav>
      <PageHead title={`Settings of ${project.data.name}`} />
      <Edit key={projectId} project={project.data} schedule={schedule.data} />
    </>
  );
}

/** The form of what was seen: what others change meanwhile is found out when it is saved, not before the eyes. */
function Edit({ project, schedule }: { project: Project; schedule: Schedule | null }) {
  const zone = useTimeZone();
  const [seen] = useState({ project, initial: formOf(project, schedule, zone), hadSchedule: schedule !== null });
  return (
    <ProjectForm initial={seen.initial} stored={seen.project} hadSchedule={seen.hadSchedule} blocked={useRefusal()} />
  );
}

function useRefusal() {
  return roleRefusal("change anything", useSession());
}
