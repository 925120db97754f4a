import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Duration } from "@/components/duration";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";

type Props = { runs: Run[]; empty: ReactNode; actions?: (run: Run) => ReactNode };

/** Runs of different projects, one a row; the row leads to the run. */
export function RunRows({ runs, empty, actions }: Props) {
  if (!runs.length) return empty;
  return (
    <ul className="divide-y divide-line">
      {runs.map((run) => (
        <li
          key={run.run_id}
          className="relative grid items-center gap-x-4 gap-y-1 py-2 hover:bg-hover md:grid-cols-[16rem_1fr_auto]"
        >
          <Link
            to="/runs/$runId"
            params={{ runId: run.run_id }}
            className="truncate font-medium after:absolute after:inset-0"
          >
            {run.project_name} <span className="font-normal text-quiet">#{run.number}</span>
          </Link>
          <RunLine run={run} />
          <span className="flex items-center gap-4 text-quiet">
            <Time at={run.ended_at ?? run.started_at ?? run.requested_at} />
            <Duration run={run} missing="" />
            {actions && <span className="relative z-10">{actions(run)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
