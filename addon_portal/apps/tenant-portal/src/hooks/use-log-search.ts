import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { problemOf } from "@/lib/api";
import { countPlaces, type Direction, findPlace, MOST_COUNTED, type Place, type Wanted } from "@/lib/log-search";
import type { LogView } from "@/lib/log-view";
import { countText } from "@/lib/sizes";

export interface LogSearch {
  readonly wanted: Wanted | null;
  readonly place: Place | null;
  /** What became of it, in words. */
  readonly said: string;
  readonly isBusy: boolean;
  readonly find: (wanted: Wanted, direction: Direction) => void;
  readonly again: (direction: Direction) => void;
  readonly clear: () => void;
}

type Counted = Awaited<ReturnType<typeof countPlaces>>;

/** Searching the whole output on the server, from where the reader is, over the end and on at the other one. */
export function useLogSearch(runId: string, view: LogView): LogSearch {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [counted, setCounted] = useState<Counted | null>(null);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const find = useCallback(
    async (next: Wanted, asked: Direction) => {
      const { signal } = newSearch(running);
      const isSame = wanted?.text === next.text && wanted.ignoreCase === next.ignoreCase;
      // Behind the end there is nothing: who follows it and begins to search looks back.
      const direction = !isSame && view.getState().isFollowing ? "previous" : asked;
      const from = isSame && place ? behind(place, direction) : startOf(view);
      setWanted(next);
      setBusy(true);
      setNote("");
      try {
        const found = await findPlace(runId, next, direction, from, signal);
        const other = found ?? (await findPlace(runId, next, direction, null, signal));
        if (signal.aborted) return;
        setPlace(other);
        if (other) view.goTo(other.offset);
        setNote(found || !other ? "" : direction === "next" ? "from the beginning again" : "from the end again");
        const counts = other ? await countPlaces(runId, next, signal) : { offsets: [], isAll: true };
        if (!signal.aborted) setCounted(counts);
      } catch (error) {
        if (!signal.aborted) setNote(problemOf(error).detail);
      } finally {
        if (!signal.aborted) setBusy(false);
      }
    },
    [runId, view, wanted, place],
  );
  const again = useCallback((direction: Direction) => wanted && void find(wanted, direction), [wanted, find]);
  const clear = useCallback(() => {
    running.current?.abort();
    setWanted(null);
    setPlace(null);
    setCounted(null);
    setNote("");
    setBusy(false);
  }, []);

  const said =
    isBusy && !place ? "searching…" : wanted ? [placeText(place, counted), note].filter(Boolean).join(", ") : "";
  return { wanted, place, said, isBusy, find, again, clear };
}

/** The search before is over. */
function newSearch(running: RefObject<AbortController | null>): AbortController {
  running.current?.abort();
  running.current = new AbortController();
  return running.current;
}

/** Where the next search begins, so that the place that is shown is not found again. */
function behind(place: Place, direction: Direction): number {
  return direction === "next" ? place.offset + 1 : place.offset;
}

/** From the top of the screen on; null is the end that is followed. */
function startOf(view: LogView): number | null {
  return view.getState().isFollowing ? null : view.topOffset();
}

function placeText(place: Place | null, counted: Counted | null): string {
  if (!place) return "not found";
  if (!counted) return "";
  const at = counted.offsets.indexOf(place.offset);
  if (!counted.isAll) return at < 0 ? `more than ${MOST_COUNTED} places` : `${at + 1} of more than ${MOST_COUNTED}`;
  return at < 0 ? countText(counted.offsets.length, "place") : `${at + 1} of ${counted.offsets.length}`;
}
