/** How runs went hour by hour, as it is drawn and said; and an hour as the address of the page has it. Pure. */
import type { Schemas } from "@/lib/api";
import type { RunState } from "@/lib/states";

export type Hour = Schemas["BucketBody"];
type Outcomes = Pick<Hour, "completed" | "failed" | "unknown" | "cancelled">;

const HOUR_MS = 3_600_000;

export const totalOf = ({ completed, failed, unknown, cancelled }: Outcomes) =>
  completed + failed + unknown + cancelled;

/** `4 completed, 14 failed, 0 stopped`. */
export function outcomesText({ completed, failed, unknown, cancelled }: Outcomes): string {
  const parts = [`${completed} completed`, `${failed} failed`, `${cancelled} stopped`];
  return [...parts, ...(unknown ? [`${unknown} with unknown outcome`] : [])].join(", ");
}

export interface HourPoint {
  readonly at: number;
  /** Of those that completed or failed, how many of a hundred failed; null where there were none. */
  readonly failureRate: number | null;
  readonly median: number | null;
  readonly p95: number | null;
}

/** In milliseconds; what stands for an hour is drawn at its middle. */
export function hourPoints(hours: readonly Hour[]): HourPoint[] {
  const inMs = (seconds: number | null) => (seconds === null ? null : seconds * 1000);
  return hours.map(({ at, completed, failed, median_seconds, p95_seconds }) => ({
    at: Date.parse(at) + HOUR_MS / 2,
    failureRate: completed + failed ? (100 * failed) / (completed + failed) : null,
    median: inMs(median_seconds),
    p95: inMs(p95_seconds),
  }));
}

/** What an hour's list can be narrowed to. */
export const ENDS = { failed: "Failed", completed: "Completed", cancelled: "Stopped" } as const satisfies Partial<
  Record<RunState, string>
>;
export type End = keyof typeof ENDS;

/** The search part of the status page's address: an hour of which the runs are listed, and how they ended. */
export type StatusSearch = { hour?: string; end?: End };

export function statusSearch({ hour, end }: Record<string, unknown>): StatusSearch {
  const at = typeof hour === "string" ? Date.parse(hour) : Number.NaN;
  if (Number.isNaN(at) || at % HOUR_MS) return {};
  const isEnd = typeof end === "string" && Object.hasOwn(ENDS, end);
  return { hour: new Date(at).toISOString(), ...(isEnd && { end: end as End }) };
}

/** The runs that became final in this hour, for the API. */
export function hourFilter({ hour, end }: { hour: string; end?: End | undefined }) {
  return {
    finished_since: hour,
    finished_until: new Date(Date.parse(hour) + HOUR_MS).toISOString(),
    ...(end && { state: [end] }),
  };
}

/** `12:00 to 13:00` of which the day is clear. */
export function hourText(at: number, clock: (at: number) => string): string {
  return `${clock(at)} to ${clock(at + HOUR_MS)}`;
}
