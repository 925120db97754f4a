/** Whether what is shown is live, and since when it is not. One for the whole tab; `events.ts` writes it. */
import { useSyncExternalStore } from "react";

export type Connection = { phase: "connecting" | "live" | "away"; since: number };

let connection: Connection = { phase: "connecting", since: Date.now() };
const listeners = new Set<() => void>();

export function noteConnection(phase: Connection["phase"]) {
  if (phase === connection.phase) return;
  connection = { phase, since: Date.now() };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => connection);
}

/** The moment up to which what is shown is known to be true: now, or when the stream went away. */
export function knownUntil(now: number): number {
  return connection.phase === "away" ? Math.min(now, connection.since) : now;
}
