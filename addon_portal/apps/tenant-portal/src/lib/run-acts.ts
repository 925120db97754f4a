/** What stands against restarting or stopping a run, in words; the portal itself decides. Pure. */
import type { Run } from "@/lib/run-words";
import { mayAct, type Session } from "@/lib/session";
import { isFinal } from "@/lib/states";

/** What the portal will say of a run once its restart is known. */
export const RESTARTED = {
  code: "already_restarted",
  sentence: "It has been restarted already.",
} as const satisfies Run["not_restartable_because"];

type Who = Session | null | undefined;

/** Why it cannot be restarted now; null where it can. */
export function restartRefusal(run: Run, session: Who): string | null {
  if (session && !mayAct(session)) return "You may look, and not restart: your role is viewer.";
  if (run.restarted_by) return RESTARTED.sentence;
  return run.not_restartable_because?.sentence ?? null;
}

/** Why it cannot be stopped now; null where it can. */
export function stopRefusal(run: Run, session: Who): string | null {
  if (session && !mayAct(session)) return "You may look, and not stop: your role is viewer.";
  if (isFinal(run.state)) return "It has ended.";
  return run.stop_requested_at ? "A stop has been asked for already." : null;
}

/** Why its project cannot be run now, given its newest run; null where it can. */
export function runRefusal(run: Run | null, session: Who): string | null {
  if (session && !mayAct(session)) return "You may look, and not run: your role is viewer.";
  return run && !isFinal(run.state) ? "It is running: stop it first, or wait for its end." : null;
}
