import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { Duration } from "@/components/duration";
import { ProgressBar } from "@/components/progress-bar";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import { useSight } from "@/hooks/use-host";
import { isUnseen, type Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

type Props = {
  runs: readonly Run[];
  empty: ReactNode;
  /** What stands at the ends of a row: the same functions as long as they give the same. */
  before?: ((run: Run) => ReactNode) | undefined;
  actions?: ((run: Run) => ReactNode) | undefined;
  /** The last lines of their outputs, as far as they are known; each row has a place for one. */
  lastLines?: ReadonlyMap<string, string> | undefined;
};

/** Runs of different projects, one a row. The row leads to the run; what can be done stands at its end. */
export function RunRows({ runs, empty, before, actions, lastLines }: Props) {
  if (!runs.length) return empty;
  return (
    <ul className="divide-y divide-line">
      {runs.map((run) => (
        <RunRow
          key={run.run_id}
          run={run}
          before={before}
          actions={actions}
          lastLine={lastLines?.get(run.run_id)}
          hasLine={!!lastLines}
        />
      ))}
    </ul>
  );
}

type RowProps = Pick<Props, "before" | "actions"> & { run: Run; lastLine: string | undefined; hasLine: boolean };

/** Of many rows, those are drawn anew of which something has changed. */
const RunRow = memo(function RunRow({ run, before, actions, lastLine, hasLine }: RowProps) {
  const isOld = isUnseen(run, useSight());
  const old = isOld ? "-mx-2 px-2 outline-1 outline-edge -outline-offset-2 outline-dashed" : "";
  return (
    <li
      data-run={run.run_id}
      data-old={isOld || undefined}
      className={`relative flex flex-wrap items-center gap-x-4 gap-y-1 py-2 hover:bg-hover sm:flex-nowrap ${old}`}
    >
      {before && <span className="relative z-10 shrink-0">{before(run)}</span>}
      <span className="grid min-w-0 flex-1 basis-64 items-center gap-x-4 gap-y-0.5 md:grid-cols-[minmax(10rem,15rem)_1fr]">
        <Link
          to="/runs/$runId"
          params={{ runId: run.run_id }}
          title={`${run.project_name} #${run.number}`}
          className="truncate font-medium after:absolute after:inset-0"
        >
          {run.project_name} <span className="font-normal text-quiet">#{run.number}</span>
        </Link>
        <span className="min-w-0">
          <RunLine run={run} />
          <Said run={run} lastLine={lastLine} hasLine={hasLine} isOld={isOld} />
        </span>
      </span>
      <span className="flex items-center gap-x-4 text-quiet">
        {isFinal(run.state) ? <Time at={run.ended_at ?? run.finished_at} /> : <Since run={run} />}
        {actions && <span className="relative z-10">{actions(run)}</span>}
      </span>
    </li>
  );
});

function Since({ run }: { run: Run }) {
  return run.started_at ? <Duration run={run} /> : <Time at={run.requested_at} />;
}

type SaidProps = { run: Run; lastLine: string | undefined; hasLine: boolean; isOld: boolean };

/** What a failure or a program says of itself, and the last line that it wrote, on lines of their own. */
function Said({ run, lastLine, hasLine, isOld }: SaidProps) {
  return (
    <>
      {isFinal(run.state) ? <Verdict run={run} /> : <Progress run={run} isOld={isOld} />}
      {hasLine && run.started_at && (
        <samp title={lastLine} className="block min-h-5 truncate text-quiet text-small leading-5">
          {lastLine}
        </samp>
      )}
    </>
  );
}

/** The sentence, where the fact beside the state does not say all of it. */
function Verdict({ run }: { run: Run }) {
  if (!run.message || run.outcome === "success" || run.reason === "exit_code") return null;
  return (
    <span title={run.message} className="block truncate text-quiet">
      {run.message}
    </span>
  );
}

function Progress({ run, isOld }: { run: Run; isOld: boolean }) {
  if (run.progress !== null) return <ProgressBar progress={run.progress} text={run.status_text} isOld={isOld} />;
  return run.status_text ? <span className="block truncate text-quiet">{run.status_text}</span> : null;
}
