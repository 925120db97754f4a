import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { NoteField } from "@/components/note-field";
import { RequestOutcome } from "@/components/run/request-outcome";
import { type Decision, useDecision } from "@/hooks/use-decision";
import { useSession } from "@/hooks/use-session";
import { newIdempotencyKey } from "@/lib/idempotency";
import { stopProject } from "@/lib/projects";
import { stopRefusal } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";

/** Stop, after a question: what a program has not saved is lost. How it goes on is told by the run itself. */
export function StopControl({ run }: { run: Run }) {
  const blocked = stopRefusal(run, useSession());
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind="danger" blocked={blocked} onClick={() => setAsking(true)}>
        Stop
      </Button>
      {isAsking && <StopDialog run={run} onClose={() => setAsking(false)} />}
    </>
  );
}

/** The question, and what became of the request. */
export function StopDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [note, setNote] = useState("");
  const act = useRef<HTMLButtonElement>(null);
  const stop = useDecision(({ choices, idempotencyKey: key }: Decision<{ note: string }>) =>
    stopProject(run.project_id, run.run_id, choices.note, key),
  );
  const waits = run.state === "pending";
  const go = () => stop.mutate({ choices: { note: note.trim() }, idempotencyKey }, { onSuccess: onClose });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={`Stop ${run.project_name} #${run.number}?`}
      initialFocus={act}
    >
      <p className="mt-1 text-quiet">
        {waits
          ? "It has not started yet and is withdrawn at once."
          : "The program is asked to end. If it has not after its grace time, it is killed with everything it started."}
      </p>
      <NoteField value={note} onChange={setNote} />
      <DialogActions news={<RequestOutcome error={stop.error} isPending={stop.isPending} tries={stop.failureCount} />}>
        <Button onClick={onClose}>Let it run</Button>
        <Button ref={act} kind="danger" isBusy={stop.isPending} onClick={go}>
          {waits ? "Withdraw" : "Stop"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
