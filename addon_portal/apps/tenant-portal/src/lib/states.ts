/**
 * How states and health of runs look and are called: the complete record. Whoever shows a run asks here; nobody else
 * knows a state's word, shape or tone. Pure: `now` is given.
 */
import type { Schemas } from "@/lib/api";

export type RunState = Schemas["RunState"];
export type Health = Schemas["Health"];
export type Reason = Schemas["Reason"];

export type Tone = "neutral" | "blue" | "amber" | "green" | "red" | "grey";
export type Shape =
  | "hollow-circle"
  | "quarter-circle"
  | "filled-circle"
  | "barred-circle"
  | "check"
  | "cross"
  | "square"
  | "question"
  | "triangle"
  | "dashed-circle";

export type Look = { word: string; shape: Shape; tone: Tone };

export const STATES: Record<RunState, Look> = {
  pending: { word: "Waiting", shape: "hollow-circle", tone: "neutral" },
  starting: { word: "Starting", shape: "quarter-circle", tone: "blue" },
  running: { word: "Running", shape: "filled-circle", tone: "blue" },
  stopping: { word: "Stopping", shape: "barred-circle", tone: "amber" },
  completed: { word: "Completed", shape: "check", tone: "green" },
  failed: { word: "Failed", shape: "cross", tone: "red" },
  cancelled: { word: "Stopped", shape: "square", tone: "neutral" },
};

/** Nobody saw how it ended: neither a failure nor a success. */
const UNKNOWN: Look = { word: "Ended, outcome unknown", shape: "question", tone: "grey" };

/** What is said beside the state. `ok` needs no word; `unreachable` changes what the state itself says. */
export const HEALTH: Record<Health, Look | null> = {
  unreachable: { word: "nobody can look", shape: "dashed-circle", tone: "grey" },
  unsupervised: { word: "unsupervised", shape: "triangle", tone: "amber" },
  finishing: { word: "program ended, cleaning up", shape: "triangle", tone: "neutral" },
  silent: { word: "silent", shape: "triangle", tone: "amber" },
  overdue: { word: "overdue", shape: "triangle", tone: "amber" },
  ok: null,
};

/** The fact that stands beside a final state, where the exit code or the signal does not say it already. */
export const REASONS: Record<Reason, string | null> = {
  succeeded: null,
  exit_code: null,
  signal: null,
  out_of_memory: "out of memory",
  timed_out: "time limit exceeded",
  stalled: "stopped for its silence",
  could_not_start: "could not be started",
  check_failed: "success check did not hold",
  launch_interrupted: "interrupted before it began",
  executor_lost: "engine lost",
  outcome_unknown: null,
  host_restarted: "host restarted",
  stopped_by_person: null,
  replaced: "for a restart",
  withdrawn: "before it started",
};

export const ACTIVE_STATES = ["pending", "starting", "running", "stopping"] as const satisfies readonly RunState[];
export const FINAL_STATES = ["completed", "failed", "cancelled"] as const satisfies readonly RunState[];

const FINAL = new Set<RunState>(FINAL_STATES);

export const isFinal = (state: RunState) => FINAL.has(state);

type Shown = Pick<Schemas["RunBody"], "state" | "outcome">;

/** The look of a run's state; `null` stands for a project that has never run. */
export function lookOf(run: Shown | null): Look {
  if (!run) return { word: "Never run", shape: "hollow-circle", tone: "neutral" };
  return run.outcome === "unknown" ? UNKNOWN : STATES[run.state];
}
