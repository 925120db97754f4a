/** The one time zone of all pages, chosen by the person and kept in this browser. */

const KEY = "time-zone";
const listeners = new Set<() => void>();

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function timeZone(): string {
  try {
    const kept = localStorage.getItem(KEY);
    return kept && isZone(kept) ? kept : ownZone();
  } catch {
    return ownZone();
  }
}

export function chooseTimeZone(zone: string) {
  try {
    localStorage.setItem(KEY, zone);
  } catch {
    // Then the browser's own stays.
  }
  for (const listener of listeners) listener();
}

/** For React's useSyncExternalStore. */
export function onTimeZone(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
