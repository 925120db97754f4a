/** What is said of a restart of many projects. Pure. */
import type { BulkItem, BulkSummary } from "@/lib/bulk-restarts";
import { countText } from "@/lib/sizes";
import type { Look } from "@/lib/states";
import { milliseconds } from "@/lib/times";

/** So long after its end one is still news on the pages where it was asked for. */
const NEWS_MS = 15 * 60_000;

type Counts = Pick<BulkSummary, "started" | "skipped" | "failed" | "total" | "done">;

/** `11 restarted, 2 left out, 1 went wrong`: what came of those that had their turn. */
export function outcomeText({ started, skipped, failed }: Counts): string {
  const parts = [
    `${started} restarted`,
    ...(skipped ? [`${skipped} left out`] : []),
    ...(failed ? [`${failed} went wrong`] : []),
  ];
  return parts.join(", ");
}

/** How it stands, in a sentence. */
export function bulkText(bulk: Counts & Pick<BulkSummary, "state">): string {
  if (bulk.state === "working")
    return `Restarting ${countText(bulk.total, "run")}: ${bulk.done} done, ${outcomeText(bulk)}.`;
  if (bulk.state === "aborted") {
    return `Aborted after ${bulk.done} of ${countText(bulk.total, "run")}: ${outcomeText(bulk)}.`;
  }
  return bulk.total ? `Done with ${countText(bulk.total, "run")}: ${outcomeText(bulk)}.` : "Nothing matched.";
}

/** Whether it is worth a line where one works: it goes on, or has ended a moment ago. */
export function isNews(bulk: Pick<BulkSummary, "state" | "finished_at" | "total">, now: number): boolean {
  if (bulk.state === "working") return true;
  return bulk.total > 0 && now - (milliseconds(bulk.finished_at) ?? 0) < NEWS_MS;
}

export const ITEMS: Record<BulkItem["state"], Look> = {
  waiting: { word: "Its turn is to come", shape: "hollow-circle", tone: "neutral" },
  started: { word: "Restarted", shape: "check", tone: "neutral" },
  skipped: { word: "Left out", shape: "square", tone: "neutral" },
  failed: { word: "Went wrong", shape: "cross", tone: "red" },
};

/** What is said of one that had no turn yet once nothing more is done. */
export const NEVER_ITS_TURN: Look = {
  word: "Not restarted: aborted before its turn",
  shape: "square",
  tone: "neutral",
};

/** `Restart 11 runs`, `Restart 1 run`. */
export const restartText = (count: number) => `Restart ${countText(count, "run")}`;
