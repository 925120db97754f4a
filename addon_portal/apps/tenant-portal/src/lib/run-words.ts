/** What is said of a run beside its state's word: the fact that matters, and what a health means. Pure. */
import type { Schemas } from "@/lib/api";
import type { Connection } from "@/lib/connection";
import { HEALTH, type Health, isFinal, type Look, lookOf, REASONS } from "@/lib/states";
import { clockText, durationText, milliseconds } from "@/lib/times";

export type Run = Schemas["RunBody"];

/** Whether somebody looks after the runs of the host, as the portal last said. */
export type Host = {
  observed_at: string | null;
  unreachable: boolean;
  /** The portal itself does not answer this page: nothing is known since, of runs that wait neither. */
  isAway?: boolean;
};

/** What is known of the host over this connection: while it is away, nothing newer than its end. */
export function seenThrough({ phase, since }: Connection, host: Host | undefined): Host | undefined {
  if (phase !== "away" && phase !== "elsewhere") return host;
  const observed = host?.unreachable ? milliseconds(host.observed_at) : null;
  const seen = new Date(Math.min(since, observed ?? since)).toISOString();
  return { observed_at: seen, unreachable: true, isAway: true };
}

/** Whether it is not known how the run is now. What has ended stays as it was. */
export const isUnseen = (run: Run, host: Host | undefined) => healthOf(run, host).includes("unreachable");

/** Until when something is known of a run that has not ended: now, or the last look. */
export function knownUntil(run: Run, host: Host | undefined, now: number): number {
  const isOld = isUnseen(run, host) && host?.unreachable !== false;
  return isOld ? Math.min(now, milliseconds(host?.observed_at ?? run.observed_at) ?? now) : now;
}

/** `key:ci` → `ci`: who it was, as people call them. */
export function actorName(actor: string | null | undefined): string {
  if (!actor) return "somebody";
  const [kind, ...name] = actor.split(":");
  return name.join(":") || kind || actor;
}

/**
 * All health that holds. That nobody looks is told for the whole host at once, later than what a run itself last said of
 * it; but a supervisor that looks may still find that it cannot see one run, and then says why.
 */
export function healthOf(run: Run, host: Host | undefined): Health[] {
  if (isFinal(run.state)) return [];
  const held = run.health_all.filter((health) => health !== "unreachable" && health !== "ok");
  const isToldOfTheRun = run.condition_detail !== null && held.every((health) => health === "overdue");
  const isTold = run.health_all.includes("unreachable") && (host === undefined || isToldOfTheRun);
  const isHostAway = host?.unreachable && (run.state !== "pending" || host.isAway);
  return isHostAway || isTold ? ["unreachable", ...held] : held;
}

/** State first, in a word: `Stopped by Ada`, `Running as of 12:03:07`. */
export function stateOf(run: Run | null, host: Host | undefined, zone: string): Look {
  const look = lookOf(run);
  if (!run) return look;
  if (run.reason === "withdrawn") return { ...look, word: "Withdrawn" };
  if (run.state === "cancelled") return { ...look, word: `Stopped by ${actorName(run.stop_requested_by)}` };
  if (!isUnseen(run, host)) return look;
  const seen = host?.unreachable === false ? null : milliseconds(host?.observed_at ?? run.observed_at);
  const since = seen ? ` as of ${clockText(seen, zone)}` : ", unseen";
  return { word: look.word + since, shape: "dashed-circle", tone: "grey" };
}

/** Then the fact that matters: `exit code 3`, `for a free place, 3rd in line`, `8 s left`. Null where there is none. */
export function factOf(run: Run, now: number): string | null {
  if (run.state === "pending") return waitingFor(run);
  if (run.state === "stopping") return timeToKill(run, now);
  if (!isFinal(run.state)) return null;
  if (run.reason === "exit_code") return `exit code ${run.exit_code}`;
  if (run.reason === "signal") return run.signal_name;
  return run.reason ? REASONS[run.reason] : null;
}

function waitingFor(run: Run): string | null {
  const place = run.queue_position ? `${ordinal(run.queue_position)} in line` : null;
  return [run.waiting_for, place].filter(Boolean).join(", ") || null;
}

function timeToKill(run: Run, now: number): string {
  const deadline = milliseconds(run.stop_deadline_at);
  if (deadline === null) return "asked to end";
  // What is shown ticks once a second, so that it may not have come to the moment of the request yet.
  const asked = milliseconds(run.stop_requested_at) ?? now;
  const left = deadline - Math.max(now, asked);
  if (left <= 0) return "being killed";
  return `will be killed in ${left < 60_000 ? `${Math.max(1, Math.round(left / 1000))} s` : durationText(left)}`;
}

/** `1st`, `2nd`, `13th`. */
export function ordinal(place: number): string {
  const teens = place % 100 >= 11 && place % 100 <= 13;
  const suffix = teens ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[place % 10] ?? "th");
  return `${place}${suffix}`;
}

/** The word beside the state: `silent for 22 min`, `3 h over`. */
export function healthText(health: Health, run: Run, now: number): string | null {
  const look = HEALTH[health];
  const since = milliseconds(run.silent_since);
  if (health === "silent" && since) return `silent for ${durationText(now - since)}`;
  return look?.word ?? null;
}

/** How long it has run, or ran; null while it has not begun or where nobody knows the end. */
export function ranFor(run: Run, now: number): number | null {
  const started = milliseconds(run.started_at);
  if (started === null) return null;
  const ended = isFinal(run.state) ? milliseconds(run.ended_at) : now;
  return ended === null ? null : Math.max(0, ended - started);
}
