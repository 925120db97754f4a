import { Link } from "@tanstack/react-router";
import { Duration } from "@/components/duration";
import { PageHead } from "@/components/page-head";
import { RunLink } from "@/components/run/run-link";
import { RunProgress } from "@/components/run/run-progress";
import { RunRestart } from "@/components/run/run-restart";
import { Sentence } from "@/components/run/sentence";
import { RunLine } from "@/components/run-line";
import { StopControl } from "@/components/stop-control";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** State, the fact that matters, when; the plain sentence; what to try, with the act beside it; and where it went on. */
export function RunHead({ run }: { run: Run }) {
  const isOver = isFinal(run.state);
  const actions = isOver ? !run.restarted_by && <RunRestart run={run} /> : <StopControl run={run} />;
  const isTried = run.outcome !== "success" && !run.restarted_by;
  return (
    <>
      <nav aria-label="Where this is" className="mb-1 text-quiet">
        <Link to="/projects" className="hover:text-ink hover:underline">
          Projects
        </Link>
        {" / "}
        <Link
          to="/projects/$projectId"
          params={{ projectId: run.project_id }}
          className="hover:text-ink hover:underline"
        >
          {run.project_name}
        </Link>
      </nav>
      <PageHead title={`${run.project_name} #${run.number}`} actions={actions}>
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
        {run.scheduled_restart && (
          <p className="mt-1">
            A restart is to follow{run.scheduled_restart.due_at ? " " : " as soon as it has ended"}
            {run.scheduled_restart.due_at && <Time at={run.scheduled_restart.due_at} />}: {run.scheduled_restart.why}
          </p>
        )}
        {run.restarted_by && (
          <p className="mt-1 flex flex-wrap items-center gap-x-1">
            It was restarted as <RunLink runId={run.restarted_by} />
          </p>
        )}
      </PageHead>
    </>
  );
}
