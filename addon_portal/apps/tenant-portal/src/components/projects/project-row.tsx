import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import { Duration } from "@/components/duration";
import { ProjectRowActions } from "@/components/projects/project-row-actions";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import type { Project } from "@/lib/projects";

type Props = {
  project: Project;
  isWide: boolean;
  /** Nothing hovers over a row: what can be done is there from the beginning. */
  isTouched: boolean;
  mark: (project: Project) => ReactNode;
};

/**
 * The columns: their widths hang on nothing that is in them, so that a row which changes moves no other, and the browser
 * lays out that row alone.
 */
export const COLUMNS =
  "grid grid-cols-[1rem_minmax(0,1fr)_5rem] items-center gap-x-4 px-2 sm:grid-cols-[1rem_minmax(0,1fr)_minmax(0,1fr)_5rem_7.5rem] lg:grid-cols-[1rem_minmax(0,1fr)_minmax(0,1fr)_6rem_5rem_5rem_7.5rem]";

const UNTIL_AIMED_AT =
  "invisible group-focus-within:visible group-hover:visible has-aria-busy:visible has-[[role=alert],[role=status]]:visible";

/** One project and how its newest run stands. The row leads to it; what can be done is there once somebody is. */
export const ProjectRow = memo(function ProjectRow({ project, isWide, isTouched, mark }: Props) {
  const [isVisited, setVisited] = useState(false);
  const run = project.latest_run;
  const visit = () => setVisited(true);
  return (
    <tr
      onPointerEnter={visit}
      onFocus={visit}
      className={`group while-seen relative min-h-15 py-1.5 sm:min-h-11 hover:bg-hover focus-within:bg-hover ${COLUMNS}`}
    >
      <td className="relative z-10">{mark(project)}</td>
      <td>
        <Link
          to="/projects/$projectId"
          params={{ projectId: project.id }}
          title={project.name}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {project.name}
        </Link>
        {!isWide && <RunLine run={run} />}
      </td>
      {isWide && (
        <td className="flex">
          <RunLine run={run} />
        </td>
      )}
      <td className="text-right text-quiet max-lg:hidden">{run?.started_at ? <Duration run={run} /> : "–"}</td>
      <td className="text-right text-quiet">
        <Time at={run && (run.started_at ?? run.requested_at)} />
      </td>
      <td className="text-right text-quiet max-lg:hidden">
        <Time at={project.updated_at} />
      </td>
      {isWide && (
        <td className="relative z-10">
          <span className={`flex justify-end ${isTouched ? "" : UNTIL_AIMED_AT}`}>
            {(isVisited || isTouched) && <ProjectRowActions project={project} />}
          </span>
        </td>
      )}
    </tr>
  );
});
