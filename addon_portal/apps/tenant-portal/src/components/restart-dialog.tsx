import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { NoteField } from "@/components/note-field";
import { RestartChanges } from "@/components/restart-changes";
import { RestartVersions } from "@/components/restart-versions";
import { RequestOutcome } from "@/components/run/request-outcome";
import { useRestart } from "@/hooks/use-restart";
import { parseEnvironment } from "@/lib/environment";
import { newIdempotencyKey } from "@/lib/idempotency";
import { parseParameters } from "@/lib/parameters";
import { projectQuery } from "@/lib/projects";
import type { Run } from "@/lib/run-words";

type Props = { run: Run; onRestarted: (next: Run) => void; onClose: () => void };

/** All that a restart may be told. Everything has a sensible default, and the focus begins on the act: Enter restarts. */
export function RestartDialog({ run, onRestarted, onClose }: Props) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [definition, setDefinition] = useState<"pinned" | "latest">("pinned");
  const [workspace, setWorkspace] = useState<"keep" | "clean">("keep");
  const [variables, setVariables] = useState("");
  const [parameters, setParameters] = useState("");
  const [note, setNote] = useState("");
  const [confirm, setConfirm] = useState(false);
  const act = useRef<HTMLButtonElement>(null);
  const restart = useRestart(run);
  // No event tells that somebody has changed the project: whether there is something newer is asked now.
  const { data: project, error } = useQuery({ ...projectQuery(run.project_id), refetchOnMount: "always" });
  const env = parseEnvironment(variables);
  const laid = parseParameters(parameters);
  const blocked =
    env.problem ||
    laid.problem ||
    (run.needs_confirmation && !confirm ? "Say first that leftovers may be alive." : null);

  const go = () => {
    const choices = {
      definition,
      workspace,
      confirm,
      note: note.trim(),
      ...(Object.keys(env.env).length && { env: env.env }),
      ...(laid.parameters && { parameters: laid.parameters }),
    };
    restart.mutate(
      { choices, idempotencyKey },
      {
        onSuccess: (next) => {
          onClose();
          onRestarted(next);
        },
      },
    );
  };

  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={`Restart ${run.project_name} #${run.number}`}
      initialFocus={run.needs_confirmation ? undefined : act}
    >
      <p className="mt-1 text-quiet">
        A new run follows it. The old one, its output and its evidence stay as they are.
      </p>
      {error && <ErrorNote error={error} />}
      <RestartVersions run={run} project={project} value={definition} onChange={setDefinition} />
      <Choice
        legend="Directory"
        value={workspace}
        onChange={setWorkspace}
        options={[
          { value: "keep", label: "Keep what is there", hint: "The program can go on at its own checkpoint." },
          {
            value: "clean",
            label: "Begin in a new one",
            hint: "With the project's code alone; the old directory is kept.",
            blocked: run.workspace
              ? null
              : "The project names a directory of its own, which the portal does not empty.",
          },
        ]}
      />
      <RestartChanges
        parameters={run.parameters}
        env={{ text: variables, problem: env.problem, onChange: setVariables }}
        laid={{ text: parameters, problem: laid.problem, onChange: setParameters }}
      />
      <NoteField value={note} onChange={setNote} />
      {run.needs_confirmation && (
        <label className="mt-4 flex items-start gap-2">
          <input
            type="checkbox"
            checked={confirm}
            onChange={(event) => setConfirm(event.target.checked)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span>
            I have looked, and it may be restarted.
            <span className="block text-quiet text-small">
              It is not proven that every process of the run before is gone.
            </span>
          </span>
        </label>
      )}
      <DialogActions
        news={<RequestOutcome error={restart.error} isPending={restart.isPending} tries={restart.failureCount} />}
      >
        <Button onClick={onClose}>Leave it</Button>
        <Button ref={act} kind="primary" blocked={blocked} isBusy={restart.isPending} onClick={go}>
          Restart
        </Button>
      </DialogActions>
    </Dialog>
  );
}
