/** Which of the status page's lists a run stands in: one alone. Pure. */
import { type Host, healthOf, type Run } from "@/lib/run-words";
import { type Health, isFinal } from "@/lib/states";
import type { Status } from "@/lib/status";

const TROUBLES = new Set<Health>(["silent", "overdue", "unsupervised", "unreachable"]);

export interface StatusLists {
  readonly attention: readonly Run[];
  readonly running: readonly Run[];
  readonly waiting: readonly Run[];
  readonly known: readonly Run[];
}

/**
 * Attention is for runs that are not well and for failures that nothing has followed, but for those that were restarted
 * from the page itself (`acted`), which say so where they stand. That nobody looks after the whole host makes no single
 * run worse than another, and is told above all of them.
 *
 * Events change runs where they stand before the lists are read anew: each goes at once to where it belongs by now.
 */
export function statusLists(status: Status, acted: ReadonlySet<string>, host: Host | undefined): StatusLists {
  const isUnwell = (run: Run) =>
    healthOf(run, host).some((health) => TROUBLES.has(health) && !(health === "unreachable" && host?.unreachable));
  const begun = [...status.waiting.filter(({ state }) => state !== "pending"), ...status.running];
  const active = begun.filter(({ state }) => !isFinal(state));
  const failed = [...begun.filter(({ state }) => state === "failed"), ...status.failed];
  return {
    attention: [...active.filter(isUnwell), ...failed.filter((run) => run.restartable || acted.has(run.run_id))],
    running: active.filter((run) => !isUnwell(run)),
    waiting: status.waiting.filter(({ state }) => state === "pending"),
    known: [...status.failed, ...status.waiting, ...status.running],
  };
}
