/** The time of the portal, for what shows ages: one clock for the whole page, which rests while nobody needs it. */
import { useSyncExternalStore } from "react";
import { serverNow } from "@/lib/clock";

const STEP_MS = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = serverNow();

function subscribe(listener: () => void) {
  if (!listeners.size) {
    now = serverNow();
    timer = setInterval(tick, STEP_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (!listeners.size) clearInterval(timer);
  };
}

function tick() {
  now = serverNow();
  for (const listener of listeners) listener();
}

/** Renders only when `step` milliseconds make a difference. */
export function useNow(step = STEP_MS): number {
  return useSyncExternalStore(subscribe, () => (step <= STEP_MS ? now : Math.floor(now / step) * step));
}
