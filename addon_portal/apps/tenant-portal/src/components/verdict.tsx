import { Duration } from "@/components/duration";
import { RunLine } from "@/components/run-line";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** How a run stands: state, the fact that matters, when and how long; then the sentence, and what to try next. */
export function Verdict({ run }: { run: Run }) {
  const isOver = isFinal(run.state);
  return (
    <div>
      <p className="flex flex-wrap items-center gap-x-2 text-lead">
        <RunLine run={run} />
        {isOver ? (
          <span className="text-quiet">
            · <Time at={run.ended_at ?? run.finished_at} />
            {run.started_at && run.ended_at && (
              <>
                {" "}
                · ran <Duration run={run} />
              </>
            )}
          </span>
        ) : (
          run.started_at && (
            <span className="text-quiet">
              · for <Duration run={run} />
            </span>
          )
        )}
      </p>
      {run.message && run.outcome !== "success" && <p className="mt-1 wrap-anywhere">{run.message}</p>}
      {run.next_step && run.outcome !== "success" && <p className="text-quiet wrap-anywhere">Try: {run.next_step}</p>}
      {!isOver && run.status_text && <p className="mt-1 wrap-anywhere">“{run.status_text}”</p>}
      {!isOver && run.condition_detail && <p className="mt-1 text-quiet wrap-anywhere">{run.condition_detail}</p>}
      {!isOver && run.progress !== null && <ProgressBar value={run.progress} />}
    </div>
  );
}

function ProgressBar({ value }: { value: number }) {
  const percent = Math.round(value * 100);
  return (
    <div className="mt-2 flex max-w-96 items-center gap-2">
      <progress className="sr-only" max={100} value={percent} aria-label="Progress, as the program says" />
      <span className="h-1.5 flex-1 overflow-hidden rounded-sm bg-hover">
        <span className="block h-full bg-blue" style={{ width: `${percent}%` }} />
      </span>
      <span className="text-quiet tabular-nums">{percent} %</span>
    </div>
  );
}
