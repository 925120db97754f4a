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

/** Why it cannot be stopped now; null where it can. */
export function stopRefusal(run: Run, session: Who): string | null {
  const refused = roleRefusal("stop", session);
  if (refused) return refused;
  if (isFinal(run.state)) return "It has ended.";
  return run.stop_requested_at ? "A stop has been asked for already." : null;
}

/** Why its project cannot be run now, given its newest run; null where it can. */
export function runRefusal(run: Run | null, session: Who): string | null {
  const refused = roleRefusal("run", session);
  if (refused) return refused;
  return run && !isFinal(run.state) ? "It is running: stop it first, or wait for its end." : null;
}
