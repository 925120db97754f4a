/** Whether what is shown is live, and since when it is not. One for the whole tab; `events.ts` writes it. */
import { useSyncExternalStore } from "react";
import { serverNow } from "@/lib/clock";

/** `elsewhere`: the session looks at another tenant (`shown-tenant.ts`). */
export type Connection = { phase: "connecting" | "live" | "away" | "elsewhere"; since: number };

let connection: Connection = { phase: "connecting", since: serverNow() };
const listeners = new Set<() => void>();

export function noteConnection(phase: Connection["phase"]) {
  if (phase === connection.phase) return;
  connection = { phase, since: serverNow() };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => connection);
}
