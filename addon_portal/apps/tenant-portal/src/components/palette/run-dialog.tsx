import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { RequestOutcome } from "@/components/run/request-outcome";
import { type Decision, useDecision } from "@/hooks/use-decision";
import { newIdempotencyKey } from "@/lib/idempotency";
import { type Project, runProject } from "@/lib/projects";
import type { Run } from "@/lib/run-words";

type Props = { project: Project; onRun: (run: Run) => void; onClose: () => void };

/** Run a project that was named by the keyboard: the focus begins on the act. */
export function RunDialog({ project, onRun, onClose }: Props) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const act = useRef<HTMLButtonElement>(null);
  const run = useDecision(({ idempotencyKey: key }: Decision<null>) => runProject(project.id, key));
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title={`Run ${project.name}?`} initialFocus={act}>
      <p className="mt-1 text-quiet">As it is defined now, version {project.definition_version}.</p>
      <DialogActions news={<RequestOutcome error={run.error} isPending={run.isPending} tries={run.failureCount} />}>
        <Button onClick={onClose}>Leave it</Button>
        <Button
          ref={act}
          kind="primary"
          isBusy={run.isPending}
          onClick={() => run.mutate({ choices: null, idempotencyKey }, { onSuccess: onRun })}
        >
          Run
        </Button>
      </DialogActions>
    </Dialog>
  );
}
