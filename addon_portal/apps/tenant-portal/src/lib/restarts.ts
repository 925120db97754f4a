/** What stands against a restart, in words. Pure; the portal itself decides. */
import type { Run } from "@/lib/run-words";
import { mayAct, type Session } from "@/lib/session";
import { isFinal } from "@/lib/states";

/** Why this run cannot be restarted now; null where it can. */
export function restartBlocked(run: Run, session: Session | null | undefined): string | null {
  if (session && !mayAct(session)) return "You may look, and not restart: your role is viewer.";
  if (!isFinal(run.state)) return "It has not ended yet. Stop it first.";
  if (run.restarted_by) return "It has been restarted already.";
  if (!run.restartable)
    return `A run that has ${run.state === "cancelled" ? "been stopped" : run.state} is not restarted in this installation, or a newer run has followed it.`;
  return null;
}

/** Why this run cannot be stopped now; null where it can. */
export function stopBlocked(run: Run, session: Session | null | undefined): string | null {
  if (session && !mayAct(session)) return "You may look, and not stop: your role is viewer.";
  if (isFinal(run.state)) return "It has ended.";
  if (run.state === "stopping") return "It is being stopped already.";
  return run.stop_requested_at
    ? "A stop has been asked for; it is carried out as soon as the supervisor is back."
    : null;
}
