import { Link, useNavigate } from "@tanstack/react-router";
import { PageHead } from "@/components/page-head";
import { RestartControl } from "@/components/restart-control";
import { RunLink } from "@/components/run/run-link";
import { RunVerdict } from "@/components/run/run-verdict";
import { StopControl } from "@/components/stop-control";
import { Time } from "@/components/time";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** State, the fact that matters, when; the plain sentence; what to try, with the act beside it; and where it went on. */
export function RunHead({ run }: { run: Run }) {
  const navigate = useNavigate();
  const goTo = (next: Run) => void navigate({ to: "/runs/$runId", params: { runId: next.run_id } });
  const restart = !run.restarted_by && <RestartControl run={run} kind="primary" hotkey onRestarted={goTo} />;
  const actions = isFinal(run.state) ? restart : <StopControl run={run} />;
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
        <RunVerdict run={run} />
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
