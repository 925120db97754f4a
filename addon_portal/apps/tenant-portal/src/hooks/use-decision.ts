/** A request that must be carried out once, whatever happens to it on its way: sent again until there is an answer. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/lib/api";
import { emptyBatch } from "@/lib/event-batch";
import { keys } from "@/lib/keys";
import { applyBatch } from "@/lib/live-cache";
import { RESTARTED } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";

const TRIES = 8;

/** Nobody knows whether it arrived, or it was said that it may be sent again. */
function isLost(error: unknown) {
  return error instanceof ApiProblem && (error.problem.status === 0 || error.problem.status >= 502);
}

/** For whatever is carried out once however often it is sent: without an answer it is sent again. */
export const UNTIL_ANSWERED = {
  networkMode: "always",
  retry: (failures: number, error: Error) => failures < TRIES && isLost(error),
  retryDelay: (failures: number) => Math.min(300 * 2 ** failures, 5_000),
} as const;

export type Decision<T> = { choices: T; idempotencyKey: string };

/** `send` gives the run that came of it, which is brought into all that is shown without waiting for its event. */
export function useDecision<T>(send: (decision: Decision<T>) => Promise<Run>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    ...UNTIL_ANSWERED,
    onSuccess: (run) => noteRun(cache, run),
    // A refusal says that something else is the case than what is shown.
    onError: () => cache.invalidateQueries({ queryKey: keys.projects }),
  });
}

function noteRun(cache: QueryClient, run: Run) {
  const before = run.restart_of ? cache.getQueryData<Run>(keys.run(run.restart_of)) : undefined;
  const told = [
    run,
    ...(before
      ? [{ ...before, restarted_by: run.run_id, restartable: false, not_restartable_because: RESTARTED }]
      : []),
  ];
  applyBatch(cache, { ...emptyBatch(), runs: new Map(told.map((one) => [one.run_id, one])) });
}
