/** What a stretch of events amounts to: the last word about each run. Pure; `events.ts` applies it once per frame. */
import type { Host, Run } from "@/lib/run-words";
import type { Message } from "@/lib/sse";
import { isFinal, type RunState } from "@/lib/states";

export type Progress = Pick<Run, "run_id" | "progress" | "status_text" | "last_heartbeat_at">;

export type Batch = {
  runs: Map<string, Run>;
  progress: Map<string, Progress>;
  logSizes: Map<string, number>;
  host: Host | null;
  /** Too much was missed: everything is to be read anew. */
  reset: boolean;
};

export const emptyBatch = (): Batch => ({
  runs: new Map(),
  progress: new Map(),
  logSizes: new Map(),
  host: null,
  reset: false,
});

export const isEmpty = (batch: Batch) =>
  !batch.reset && !batch.host && !batch.runs.size && !batch.progress.size && !batch.logSizes.size;

/** The batch with one more message. Kinds of events that are not known are of a newer portal and left out. */
export function withMessage(batch: Batch, { event, data }: Message): Batch {
  const said = JSON.parse(data);
  switch (event) {
    case "run":
      return { ...batch, runs: withEntry(batch.runs, said.run_id, said) };
    case "progress":
      return { ...batch, progress: withEntry(batch.progress, said.run_id, said) };
    case "log":
      return { ...batch, logSizes: withEntry(batch.logSizes, said.run_id, said.size) };
    case "host":
      return { ...batch, host: said };
    case "reset":
      return { ...emptyBatch(), host: batch.host, reset: true };
    default:
      return batch;
  }
}

/** One batch is only ever seen by one frame: the map may be changed in place. */
function withEntry<T>(map: Map<string, T>, key: string, value: T) {
  return map.set(key, value);
}

const ORDER: Record<RunState, number> = {
  pending: 0,
  starting: 1,
  running: 2,
  stopping: 3,
  completed: 4,
  failed: 4,
  cancelled: 4,
};

/**
 * Of two words about one run the later. An answer may have been on its way while an event passed it; states only move
 * one way, so the further one is the later. Of equals the one that came last.
 */
export function laterOf(earlier: Run | undefined, arrived: Run): Run {
  if (!earlier || ORDER[arrived.state] > ORDER[earlier.state]) return arrived;
  if (ORDER[arrived.state] < ORDER[earlier.state]) return earlier;
  // What happens to a final run: it is restarted, and an outcome that was unknown may be learnt.
  if (isFinal(earlier.state) && earlier.restarted_by && !arrived.restarted_by) return earlier;
  return arrived;
}

export function withProgress(run: Run, batch: Batch): Run {
  const said = batch.progress.get(run.run_id);
  return said ? { ...run, ...said } : run;
}
