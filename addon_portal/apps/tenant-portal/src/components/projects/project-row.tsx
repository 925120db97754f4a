import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import { Duration } from "@/components/duration";
import { ProjectRowActions } from "@/components/projects/project-row-actions";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import type { Project } from "@/lib/projects";

type Props = { project: Project; isWide: boolean; mark?: (project: Project) => ReactNode };

export const CELL = "px-2 py-1.5 align-middle first:pl-0 last:pr-0";

/** One project and how its newest run stands. The row leads to it; what can be done is there once somebody is. */
export const ProjectRow = memo(function ProjectRow({ project, isWide, mark }: Props) {
  const [isVisited, setVisited] = useState(false);
  const run = project.latest_run;
  const visit = () => setVisited(true);
  return (
    <tr onPointerEnter={visit} onFocus={visit} className="group relative h-11 hover:bg-hover focus-within:bg-hover">
      {mark && <td className={`${CELL} relative z-10 w-8`}>{mark(project)}</td>}
      <td className={`${CELL} max-w-0`}>
        <Link
          to="/projects/$projectId"
          params={{ projectId: project.id }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {project.name}
        </Link>
        {!isWide && <RunLine run={run} />}
      </td>
      {isWide && (
        <td className={CELL}>
          <div className="flex">
            <RunLine run={run} />
          </div>
        </td>
      )}
      <td className={`${CELL} text-right text-quiet max-lg:hidden`}>
        {run?.started_at ? <Duration run={run} /> : "–"}
      </td>
      <td className={`${CELL} text-right text-quiet`}>
        <Time at={run && (run.started_at ?? run.requested_at)} />
      </td>
      <td className={`${CELL} text-right text-quiet max-lg:hidden`}>
        <Time at={project.updated_at} />
      </td>
      {isWide && (
        <td className={`${CELL} relative z-10`}>
          <span className="invisible flex w-28 justify-end group-focus-within:visible group-hover:visible has-aria-busy:visible has-[[role=alert],[role=status]]:visible">
            {isVisited && <ProjectRowActions project={project} />}
          </span>
        </td>
      )}
    </tr>
  );
});
