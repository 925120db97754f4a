/** What stands against restarting or stopping a run, in words; the portal itself decides. Pure. */
import type { Run } from "@/lib/run-words";
import { mayAct, type Session } from "@/lib/session";
import { isFinal } from "@/lib/states";
import { milliseconds } from "@/lib/times";

/** What the portal will say of a run once its restart is known. */
export const RESTARTED = {
  code: "already_restarted",
  sentence: "It has been restarted already.",
} as const satisfies Run["not_restartable_because"];

type Who = Session | null | undefined;

/** Why somebody may not do this at all, whatever it is done to; null where they may. */
export function roleRefusal(act: string, session: Who): string | null {
  return session && !mayAct(session) ? `You may look, and not ${act}: your role is viewer.` : null;
}

/** Why it cannot be restarted now; null where it can. */
export function restartRefusal(run: Run, session: Who): string | null {
  const refused = roleRefusal("restart", session);
  if (refused) return refused;
  if (run.restarted_by) return RESTARTED.sentence;
  return run.not_restartable_because?.sentence ?? null;
}

/** Whether somebody has asked for its end already, so that all that a stop can do is to have it sooner. */
export const isToEnd = (run: Run) => !isFinal(run.state) && run.stop_requested_at !== null;

/** Why it cannot be stopped now, or ended at once where it is being stopped; null where it can. */
export function stopRefusal(run: Run, session: Who, now: number): string | null {
  const refused = roleRefusal("stop", session);
  if (refused) return refused;
  if (isFinal(run.state)) return "It has ended.";
  const deadline = isToEnd(run) ? milliseconds(run.stop_deadline_at) : null;
  return deadline !== null && deadline <= now ? "Its grace time is over." : null;
}

/** Why its project cannot be run now, given its newest run; null where it can. */
export function runRefusal(run: Run | null, session: Who): string | null {
  const refused = roleRefusal("run", session);
  if (refused) return refused;
  return run && !isFinal(run.state) ? "It is running: stop it first, or wait for its end." : null;
}
