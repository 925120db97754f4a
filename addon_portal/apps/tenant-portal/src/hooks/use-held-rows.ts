/** Lists whose rows do not move under a pointer or the keyboard; see `lib/held-order.ts`. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { heldRows, isAiming } from "@/lib/held-order";

const LOOK_AGAIN_MS = 1_000;

/** Whether somebody aims at something inside of the place: one for all lists of a page, since each pushes those below. */
export function useHold(place: RefObject<HTMLElement | null>): boolean {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    let movedAt = Number.NEGATIVE_INFINITY;
    const look = () => setHeld(isAiming(aimAt(place.current, movedAt), performance.now()));
    const move = () => {
      movedAt = performance.now();
      look();
    };
    const end = new AbortController();
    const options = { signal: end.signal, passive: true };
    for (const name of ["pointermove", "pointerdown"]) document.addEventListener(name, move, options);
    for (const name of ["focusin", "focusout", "pointerover", "keyup"]) document.addEventListener(name, look, options);
    document.documentElement.addEventListener("pointerleave", look, options);
    // A pointer that rests sends nothing: that it has rested for long is seen by looking.
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, [place]);
  return isHeld;
}

function aimAt(place: HTMLElement | null, movedAt: number) {
  const focused = document.activeElement;
  return {
    isOver: !!place?.matches(":hover"),
    isOverButton: !!place?.querySelector("button:hover, input:hover"),
    hasKeyboardFocus: !!focused && !!place?.contains(focused) && focused.matches(":focus-visible"),
    isAsked: document.querySelector('[role="dialog"]') !== null,
    movedAt,
  };
}

type Held<Row> = {
  current: readonly Row[];
  /** All that is known now: a row that has left its list is told as it is elsewhere. */
  known: readonly Row[];
  idOf: (row: Row) => string;
  isHeld: boolean;
};

/** The rows of one list, held or not; `release` gives their places to those that have come meanwhile. */
export function useHeldRows<Row>({ current, known, idOf, isHeld }: Held<Row>) {
  const ids = current.map(idOf);
  const [kept, setKept] = useState<readonly string[]>(ids);
  const stood = isHeld ? kept : ids;
  const lastKnown = useRef(new Map<string, Row>());
  const now = new Map(known.map((row) => [idOf(row), row]));
  useLayoutEffect(() => {
    if (!isHeld && ids.join() !== kept.join()) setKept(ids);
    lastKnown.current = new Map(
      stood.flatMap((id) => {
        const row = now.get(id) ?? lastKnown.current.get(id);
        return row ? [[id, row] as const] : [];
      }),
    );
  });
  const shown = heldRows(stood, current, idOf, (id) => now.get(id) ?? lastKnown.current.get(id));
  return { ...shown, release: () => setKept(ids) };
}
