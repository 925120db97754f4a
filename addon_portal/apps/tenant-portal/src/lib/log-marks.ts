/** Marks every place of a text in the spans of a row, also where it goes over from one colour to the next. Pure. */
import type { Look } from "@/lib/log-look";
import type { Span } from "@/lib/log-text";

export interface MarkedSpan {
  readonly text: string;
  readonly look: Look | null;
  readonly isMarked: boolean;
}

export function markSpans(spans: readonly Span[], text: string, ignoreCase: boolean): MarkedSpan[] {
  const places = findPlaces(spans.map((span) => span.text).join(""), text, ignoreCase);
  const marked: MarkedSpan[] = [];
  let begin = 0;
  for (const span of spans) {
    const end = begin + span.text.length;
    let at = begin;
    for (const [from, to] of places) {
      if (to <= at || from >= end) continue;
      put(marked, span, at - begin, from - begin, false);
      put(marked, span, Math.max(at, from) - begin, Math.min(end, to) - begin, true);
      at = Math.min(end, to);
    }
    put(marked, span, at - begin, end - begin, false);
    begin = end;
  }
  return marked;
}

function put(marked: MarkedSpan[], span: Span, from: number, to: number, isMarked: boolean) {
  if (to > from) marked.push({ text: span.text.slice(from, to), look: span.look, isMarked });
}

function findPlaces(row: string, text: string, ignoreCase: boolean): [number, number][] {
  if (text === "") return [];
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  const folded = fold(row);
  // A few characters change their length with their case; then places would be told wrongly, so case counts.
  const [hay, needle] = folded.length === row.length ? [folded, fold(text)] : [row, text];
  const places: [number, number][] = [];
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
    places.push([at, at + needle.length]);
  }
  return places;
}
