import { type Decision, useDecision } from "@/hooks/use-decision";
import { type RestartChoices, restartProject } from "@/lib/projects";
import type { Run } from "@/lib/run-words";

/** Restart the run that was seen. */
export function useRestart(run: Run) {
  return useDecision(({ choices, idempotencyKey }: Decision<Omit<RestartChoices, "runId">>) =>
    restartProject(run.project_id, { ...choices, runId: run.run_id }, idempotencyKey),
  );
}
