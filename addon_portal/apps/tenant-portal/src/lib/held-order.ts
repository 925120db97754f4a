/**
 * Which rows stand in a list, and in which order, while somebody is about to click one of them: those that stood there.
 * Pure; `hooks/use-held-rows.ts` knows when a list is held.
 */

export interface HeldRows<Row> {
  readonly rows: readonly Row[];
  /** How many more there are that have no place yet. */
  readonly fresh: number;
}

/**
 * The rows to be shown. While a list is held, what stood in it keeps its place, told as it is now, also where it has
 * left the list meanwhile; `latest` gives that, or what was known last.
 */
export function heldRows<Row>(
  stood: readonly string[],
  current: readonly Row[],
  idOf: (row: Row) => string,
  latest: (id: string) => Row | undefined,
): HeldRows<Row> {
  const now = new Map(current.map((row) => [idOf(row), row]));
  const rows = stood.map((id) => now.get(id) ?? latest(id)).filter((row) => row !== undefined);
  const shown = new Set(rows.map(idOf));
  return { rows, fresh: current.filter((row) => !shown.has(idOf(row))).length };
}

/** How long after the last movement a pointer that rests over a list is taken for somebody who reads, not aims. */
const AIMING_MS = 10_000;

export interface Aim {
  readonly isOverButton: boolean;
  readonly isOver: boolean;
  readonly hasKeyboardFocus: boolean;
  readonly isAsked: boolean;
  readonly movedAt: number;
}

/** Whether rows may not move now: a button is under the pointer, or somebody was there a moment ago. */
export function isAiming({ isOverButton, isOver, hasKeyboardFocus, isAsked, movedAt }: Aim, now: number): boolean {
  return isAsked || isOverButton || hasKeyboardFocus || (isOver && now - movedAt < AIMING_MS);
}
