/**
 * Finding a text in the whole output of a run: the portal searches, half a second at a time, and is asked to go on until a
 * place is found or nothing is left. Leaves where to begin and what to show to the viewer.
 */
import { answerOf, client, type Schemas } from "@/lib/api";

export type Place = Schemas["PlaceBody"];
type Answer = Schemas["LogSearchBody"];

export interface Wanted {
  readonly text: string;
  readonly ignoreCase: boolean;
}

export type Direction = "next" | "previous";

/** More places than these are not counted. */
export const MOST_COUNTED = 200;

/** The first place from a byte on, or the last one before it; null where there is none in that direction. */
export async function findPlace(
  runId: string,
  wanted: Wanted,
  direction: Direction,
  from: number | null,
  signal: AbortSignal,
): Promise<Place | null> {
  for (let next = from; !signal.aborted; ) {
    const answer = await search(runId, wanted, direction, next, 1, signal);
    const place = answer.items[0];
    if (place !== undefined) return place;
    if (answer.done) return null;
    next = answer.next_from;
  }
  return null;
}

/** Where the first places are, and whether these are all. */
export async function countPlaces(runId: string, wanted: Wanted, signal: AbortSignal) {
  const offsets: number[] = [];
  for (let next: number | null = null; offsets.length < MOST_COUNTED && !signal.aborted; ) {
    const answer = await search(runId, wanted, "next", next, MOST_COUNTED, signal);
    offsets.push(...answer.items.map((place) => place.offset));
    if (answer.done) return { offsets, isAll: true };
    next = answer.next_from;
  }
  return { offsets, isAll: false };
}

function search(
  runId: string,
  wanted: Wanted,
  direction: Direction,
  from: number | null,
  limit: number,
  signal: AbortSignal,
): Promise<Answer> {
  const query = {
    q: wanted.text,
    direction,
    case: wanted.ignoreCase ? ("ignore" as const) : ("exact" as const),
    limit,
    ...(from !== null && { from }),
  };
  const params = { path: { run_id: runId }, query };
  return answerOf(client.GET("/api/tenant/runs/{run_id}/log/search", { params, signal }));
}
