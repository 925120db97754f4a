import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { RequestOutcome } from "@/components/run/request-outcome";
import { useRestart } from "@/hooks/use-restart";
import { useSession } from "@/hooks/use-session";
import { newIdempotencyKey } from "@/lib/idempotency";
import { restartRefusal } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";

/** Restart with what ran, in one click, and go to the new run. Asks first only where two programs might run at once. */
export function RunRestart({ run }: { run: Run }) {
  const blocked = restartRefusal(run, useSession());
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [isAsking, setAsking] = useState(false);
  const { restart, go } = useRestartAndGo(run);
  return (
    <div className="flex max-w-120 flex-col items-end gap-2">
      <Button
        kind="primary"
        blocked={blocked}
        isBusy={restart.isPending}
        onClick={() => (run.needs_confirmation ? setAsking(true) : go({ choices: {}, idempotencyKey }))}
      >
        Restart
      </Button>
      <RequestOutcome error={restart.error} isPending={restart.isPending} tries={restart.failureCount} />
      {isAsking && <ConfirmDialog run={run} onClose={() => setAsking(false)} />}
    </div>
  );
}

function ConfirmDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const first = useRef<HTMLButtonElement>(null);
  const { restart, go } = useRestartAndGo(run);
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={`Restart ${run.project_name} #${run.number}?`}
      initialFocus={first}
    >
      <p className="mt-1">
        Nobody saw that everything it started has ended. If something of it still runs, it runs beside the new run.
      </p>
      <div className="mt-3">
        <RequestOutcome error={restart.error} isPending={restart.isPending} tries={restart.failureCount} />
      </div>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button ref={first} onClick={onClose}>
          Leave it
        </Button>
        <Button
          kind="primary"
          isBusy={restart.isPending}
          onClick={() => go({ choices: { confirm: true }, idempotencyKey })}
        >
          Restart all the same
        </Button>
      </div>
    </Dialog>
  );
}

function useRestartAndGo(run: Run) {
  const navigate = useNavigate();
  const restart = useRestart(run);
  const go = (decision: Parameters<typeof restart.mutate>[0]) =>
    restart.mutate(decision, {
      onSuccess: (next) => void navigate({ to: "/runs/$runId", params: { runId: next.run_id } }),
    });
  return { restart, go };
}
