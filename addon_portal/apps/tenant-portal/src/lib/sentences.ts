/** Sentences of the portal, in which moments stand as the API writes them: 2026-11-29T12:03:07.204Z. Pure. */

export interface Piece {
  /** Where in the sentence it begins. */
  readonly start: number;
  readonly text: string;
  /** The moment that it is; null for words. */
  readonly at: number | null;
}

const MOMENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** The words and the moments in it, in order. */
export function piecesOf(sentence: string): Piece[] {
  let start = 0;
  return sentence
    .split(MOMENT)
    .map((text, index) => {
      const piece = { start, text, at: index % 2 ? Date.parse(text) : null };
      start += text.length;
      return piece;
    })
    .filter(({ text }) => text);
}

/** What a detail says beyond its title, which stands above it: of `It cannot be read: it is cut off.`, `It is cut off.` */
export function detailBelow(title: string, detail: string): string {
  if (!detail.startsWith(`${title}: `)) return detail;
  const rest = detail.slice(title.length + 2);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
