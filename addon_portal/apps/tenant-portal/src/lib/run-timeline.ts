/** What happened to a run and when, from what it says of itself. Pure. */
import { noteOf } from "@/lib/evidence-words";
import type { Evidence } from "@/lib/run-details";
import { actorName, type Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import { milliseconds } from "@/lib/times";

export interface Step {
  readonly word: string;
  /** When it happened; null where that is not known, or has not happened yet. */
  readonly at: number | null;
  readonly note: string | null;
  /** How long after the step before that has a time. */
  readonly after: number | null;
}

type Told = Omit<Step, "after">;

type Journal = Evidence["journal"];

/** The journal, where it is known by now, adds what the run itself does not say. */
export function timelineOf(run: Run, journal: Journal = []): Step[] {
  let before: number | null = null;
  return stepsOf(run, journal).map((step) => {
    const after = before === null || step.at === null ? null : Math.max(0, step.at - before);
    before = step.at ?? before;
    return { ...step, after };
  });
}

function stepsOf(run: Run, journal: Journal): Told[] {
  const steps: Told[] = [
    { word: "Requested", at: milliseconds(run.requested_at), note: `by ${actorName(run.requested_by)}` },
    ...known("Claimed", run.claimed_at, "by the supervisor"),
    ...known("Started", run.started_at, null),
    ...known("Last word of the program", run.last_heartbeat_at, run.status_text),
    ...known("Stop asked for", run.stop_requested_at, stopNote(run, journal)),
    ...shortened(journal),
    ...known("Ended", run.ended_at, endNote(run)),
  ];
  steps.sort((left, right) => (left.at ?? 0) - (right.at ?? 0));
  if (!isFinal(run.state)) return steps;
  if (run.ended_at === null && run.started_at !== null) {
    steps.push({ word: "Ended", at: null, note: "nobody saw the moment" });
  }
  return [...steps, { word: "Recorded", at: milliseconds(run.finished_at), note: treeNote(run) }];
}

function known(word: string, at: string | null, note: string | null): Told[] {
  return at === null ? [] : [{ word, at: milliseconds(at), note }];
}

function stopNote(run: Run, journal: Journal): string {
  return byWhom(
    run.stop_requested_by,
    journal.findLast(({ kind }) => kind === "stop_requested"),
  );
}

/** That somebody had it end sooner, the last time. */
function shortened(journal: Journal): Told[] {
  const entry = journal.findLast(({ kind }) => kind === "grace_shortened");
  return entry ? known("Grace time cut short", entry.happened_at, byWhom(entry.actor, entry)) : [];
}

function byWhom(actor: string | null, entry: Journal[number] | undefined): string {
  const note = noteOf(entry);
  return `by ${actorName(actor)}${note ? ` “${note}”` : ""}`;
}

function endNote(run: Run): string | null {
  if (run.exit_code !== null) return `exit code ${run.exit_code}`;
  return run.signal_name === null ? null : `by ${run.signal_name}`;
}

function treeNote(run: Run): string | null {
  if (run.tree === "proven") return "all that it had started is proven gone";
  return run.tree === "assumed" ? "what it had started is assumed gone" : null;
}
