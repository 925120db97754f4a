import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Duration } from "@/components/duration";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

type Props = { runs: Run[]; empty: ReactNode; before?: (run: Run) => ReactNode; actions?: (run: Run) => ReactNode };

/** Runs of different projects, one a row. The row leads to the run; what can be done stands at its end. */
export function RunRows({ runs, empty, before, actions }: Props) {
  if (!runs.length) return empty;
  return (
    <ul className="divide-y divide-line">
      {runs.map((run) => (
        <li key={run.run_id} className="relative flex flex-wrap items-center gap-x-4 gap-y-1 py-2 hover:bg-hover">
          {before && <span className="relative z-10">{before(run)}</span>}
          <span className="grid min-w-0 flex-1 basis-64 items-center gap-x-4 gap-y-0.5 md:grid-cols-[minmax(10rem,15rem)_1fr]">
            <Link
              to="/runs/$runId"
              params={{ runId: run.run_id }}
              className="truncate font-medium after:absolute after:inset-0"
            >
              {run.project_name} <span className="font-normal text-quiet">#{run.number}</span>
            </Link>
            <span className="min-w-0">
              <RunLine run={run} />
              <Said run={run} />
            </span>
          </span>
          <span className="flex items-center gap-x-4 text-quiet">
            {isFinal(run.state) ? <Time at={run.ended_at ?? run.finished_at} /> : <Since run={run} />}
            {actions && <span className="relative z-10">{actions(run)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Since({ run }: { run: Run }) {
  return run.started_at ? <Duration run={run} /> : <Time at={run.requested_at} />;
}

/** What a failure or a program says of itself, on a line of its own. */
function Said({ run }: { run: Run }) {
  const progress = run.progress === null ? null : `${Math.round(run.progress * 100)} %`;
  const said = isFinal(run.state) ? run.message : [progress, run.status_text].filter(Boolean).join(" · ");
  return said && run.outcome !== "success" ? <span className="block truncate text-quiet">{said}</span> : null;
}
