/** What became of a schedule so far, in words. Pure. */
import type { Schemas } from "@/lib/api";
import { countText } from "@/lib/sizes";

type Schedule = Pick<Schemas["ScheduleBody"], "started" | "skipped" | "missed" | "refused" | "last">;
type Result = Schemas["ScheduleResult"];

/** `It has made 3 runs; 1 time was left out, 2 were missed.` Nothing is said of what never happened. */
export function countsText({ started, skipped, missed, refused }: Schedule): string {
  const times = (count: number, what: string) => count > 0 && `${countText(count, "time")} ${what}`;
  const others = [
    times(skipped, "left out because it was running"),
    times(missed, "missed because nobody was there"),
    times(refused, "refused"),
  ].filter(Boolean);
  return [`It has made ${started ? countText(started, "run") : "no run yet"}`, ...others].join("; ").concat(".");
}

const RESULTS: Record<Result, string> = {
  started: "a run was made.",
  queued: "it waits for the end of the run.",
  skipped: "left out, the project was running.",
  missed: "missed, nobody was there.",
  refused: "refused.",
  called_off: "called off, somebody ran or stopped the project meanwhile.",
};

export function lastText({ last }: Schedule): string | null {
  if (!last) return null;
  return last.why ? `${RESULTS[last.result].replace(/\.$/, "")}: ${last.why}` : RESULTS[last.result];
}
