/** The one time zone of all pages, chosen by the person and kept in this browser. */

const KEY = "time-zone";
const listeners = new Set<() => void>();

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Read once: a page asks for it with each moment that it shows. */
let known: string | null = null;

/** Every zone that can be chosen, the likely ones first. */
export const allZones = () => [...new Set([ownZone(), "UTC", ...Intl.supportedValuesOf("timeZone")])];

export function timeZone(): string {
  known ??= keptZone() ?? ownZone();
  return known;
}

function keptZone(): string | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept && isZone(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function chooseTimeZone(zone: string) {
  known = zone;
  try {
    localStorage.setItem(KEY, zone);
  } catch {
    // Then it holds for as long as this page is open.
  }
  tell();
}

/** Chosen in another tab. */
function noteStorage({ key }: StorageEvent) {
  if (key !== KEY && key !== null) return;
  known = null;
  tell();
}

function tell() {
  for (const listener of listeners) listener();
}

/** For React's useSyncExternalStore. */
export function onTimeZone(listener: () => void) {
  if (!listeners.size) window.addEventListener("storage", noteStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    window.removeEventListener("storage", noteStorage);
    known = null;
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
