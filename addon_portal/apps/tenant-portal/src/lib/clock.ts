/**
 * What time it is for the portal. Browsers' clocks are wrong more often than servers', and a run that is said to have
 * begun in five minutes helps nobody: ages are counted on the server's clock, as far as its answers tell it.
 */

const TOLERATED_MS = 2_000;

let offset = 0;

/** Learn from the `Date` of an answer, which counts whole seconds. */
export function noteServerTime(date: string | null, now = Date.now()) {
  const server = date ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(server)) return;
  const difference = server + 500 - now;
  offset = Math.abs(difference) > TOLERATED_MS ? difference : 0;
}

/** Milliseconds since 1970 as the portal counts them. */
export function serverNow(): number {
  return Date.now() + offset;
}
