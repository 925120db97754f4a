import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { NoteField } from "@/components/note-field";
import { RequestOutcome } from "@/components/run/request-outcome";
import { type Decision, useDecision } from "@/hooks/use-decision";
import { useNow } from "@/hooks/use-now";
import { useSession } from "@/hooks/use-session";
import { newIdempotencyKey } from "@/lib/idempotency";
import { type StopChoices, stopProject } from "@/lib/projects";
import { isToEnd, stopRefusal } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";

/** Stop, after a question: what a program has not saved is lost. How it goes on is told by the run itself. */
export function StopControl({ run }: { run: Run }) {
  const now = useNow(isToEnd(run) ? 1000 : Number.MAX_SAFE_INTEGER);
  const blocked = stopRefusal(run, useSession(), now);
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind="danger" blocked={blocked} onClick={() => setAsking(true)}>
        {isToEnd(run) ? "End it now" : "Stop"}
      </Button>
      {isAsking && <StopDialog run={run} onClose={() => setAsking(false)} />}
    </>
  );
}

/** The question, and what became of the request. What it asks stays as it was when it opened, whatever happens then. */
export function StopDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [kind] = useState(() => kindOf(run));
  const [note, setNote] = useState("");
  const act = useRef<HTMLButtonElement>(null);
  const stop = useDecision(({ choices, idempotencyKey: key }: Decision<StopChoices>) =>
    stopProject(run.project_id, run.run_id, choices, key),
  );
  const { title, text, leave, go, grace } = QUESTIONS[kind];
  const choices = { note: note.trim(), ...grace };
  const isFollowed = kind === "end" && run.scheduled_restart !== null;
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={title(`${run.project_name} #${run.number}`)}
      initialFocus={act}
    >
      <p className="mt-1 text-quiet">{text}</p>
      {isFollowed && <p className="mt-2">The restart that is to follow it is called off.</p>}
      <NoteField value={note} onChange={setNote} />
      <DialogActions news={<RequestOutcome error={stop.error} isPending={stop.isPending} tries={stop.failureCount} />}>
        <Button onClick={onClose}>{leave}</Button>
        <Button
          ref={act}
          kind="danger"
          isBusy={stop.isPending}
          onClick={() => stop.mutate({ choices, idempotencyKey }, { onSuccess: onClose })}
        >
          {go}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

type Kind = "withdraw" | "stop" | "end";

type Question = {
  title: (run: string) => string;
  text: string;
  leave: string;
  go: string;
  grace?: { graceSeconds: number };
};

function kindOf(run: Run): Kind {
  if (isToEnd(run)) return "end";
  return run.state === "pending" ? "withdraw" : "stop";
}

const QUESTIONS: Record<Kind, Question> = {
  withdraw: {
    title: (run) => `Stop ${run}?`,
    text: "It has not started yet and is withdrawn at once.",
    leave: "Let it run",
    go: "Withdraw",
  },
  stop: {
    title: (run) => `Stop ${run}?`,
    text: "The program is asked to end. If it has not after its grace time, it is killed with everything it started.",
    leave: "Let it run",
    go: "Stop",
  },
  end: {
    title: (run) => `End ${run} now?`,
    text: "It was asked to end and still has time for that. Ended now, it is killed with everything it started, and what it has not saved is lost.",
    leave: "Leave it its time",
    go: "End it now",
    grace: { graceSeconds: 0 },
  },
};
