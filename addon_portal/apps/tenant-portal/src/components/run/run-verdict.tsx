import { Duration } from "@/components/duration";
import { RunProgress } from "@/components/run/run-progress";
import { RunLine } from "@/components/run-line";
import { Sentence } from "@/components/sentence";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** How a run stands: state, the fact that matters, when and how long; the plain sentence; what to try. */
export function RunVerdict({ run }: { run: Run }) {
  const isOver = isFinal(run.state);
  const isTried = run.outcome !== "success" && !run.restarted_by;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2">
        <RunLine run={run} />
        {(isOver || !run.started_at) && (
          <span className="text-quiet">
            · {isOver ? "" : "asked for "}
            <Time at={run.ended_at ?? run.finished_at ?? run.requested_at} />
          </span>
        )}
        {run.started_at && (run.ended_at || !isOver) && (
          <span className="text-quiet">
            · {isOver ? "ran" : "for"} <Duration run={run} />
          </span>
        )}
      </div>
      {run.message && <Sentence text={run.message} className="mt-2" />}
      {run.condition_detail && !isOver && <Sentence text={run.condition_detail} className="mt-2" />}
      {run.next_step && isTried && <Sentence text={`Try: ${run.next_step}`} />}
      {!isOver && <RunProgress run={run} />}
    </>
  );
}
