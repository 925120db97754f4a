/**
 * The rows of the screen that the lines of a window take: one each, or, where long lines are wrapped, as many as they need.
 * Every row has the same height, so where one stands is a multiplication, and nothing is ever measured or estimated.
 */
import { bytesOf, type Chunk, findLine, type Line, lineOf } from "@/lib/log-lines";
import { cellsOf, coloursAfter, type Span, showLine, textOf, wrapSpans } from "@/lib/log-text";
import type { LogWindow } from "@/lib/log-window";

/** One row: a line, or where lines are wrapped a part of one. */
export interface Row {
  readonly line: Line;
  /** The index of its line in the window. */
  readonly index: number;
  /** Which row of its line it is, from 0. */
  readonly part: number;
  readonly spans: readonly Span[];
  readonly overwritten: number;
}

export class LogRows {
  readonly columns: number | null;
  private readonly window: LogWindow;
  /** Of each chunk the first row of each line, and how many rows there are; worked out once, as a chunk never changes. */
  private readonly layouts = new WeakMap<Chunk, readonly number[]>();
  private readonly colours = new WeakMap<Chunk, { before: string; starts: readonly string[] | null; after: string }>();

  /** Rows of so many cells; null does not wrap. */
  constructor(window: LogWindow, columns: number | null) {
    this.window = window;
    this.columns = columns;
  }

  get count(): number {
    return this.window.allChunks().reduce((sum, chunk) => sum + this.countOf(chunk), 0);
  }

  rowAt(index: number): Row | null {
    let rest = index;
    let lines = 0;
    let colours = "";
    for (const chunk of this.window.allChunks()) {
      const count = this.countOf(chunk);
      if (rest < count) return rest < 0 ? null : this.makeRow(chunk, rest, lines, colours);
      rest -= count;
      lines += chunk.starts.length;
      colours = this.coloursOf(chunk, colours).after;
    }
    return null;
  }

  /** The line of the window that a row belongs to; null behind the last one. */
  lineOf(index: number): number | null {
    let rest = index;
    let lines = 0;
    for (const chunk of this.window.allChunks()) {
      const count = this.countOf(chunk);
      if (rest < count) {
        const firstRows = this.layoutOf(chunk);
        return lines + (firstRows === null ? rest : findLast(firstRows, rest, chunk.starts.length));
      }
      rest -= count;
      lines += chunk.starts.length;
    }
    return null;
  }

  /** The first row of the line in which a byte of the file lies. */
  indexOf(offset: number): number {
    let before = 0;
    const chunks = this.window.allChunks();
    for (const chunk of chunks) {
      const isLast = chunk === chunks.at(-1);
      if (isLast || offset < chunk.start + chunk.bytes.length) {
        const line = offset < chunk.start ? 0 : findLine(chunk, offset);
        return before + (this.layoutOf(chunk)?.[line] ?? line);
      }
      before += this.countOf(chunk);
    }
    return 0;
  }

  private makeRow(chunk: Chunk, row: number, linesBefore: number, colours: string): Row {
    const firstRows = this.layoutOf(chunk);
    const index = firstRows === null ? row : findLast(firstRows, row, chunk.starts.length);
    const line = lineOf(chunk, index);
    const shown = showLine(bytesOf(chunk, line), this.coloursOf(chunk, colours).starts?.[index]);
    const part = firstRows === null ? 0 : row - (firstRows[index] ?? 0);
    const spans = this.columns === null ? shown.spans : (wrapSpans(shown.spans, this.columns)[part] ?? []);
    return { line, index: linesBefore + index, part, spans, overwritten: shown.overwritten };
  }

  private countOf(chunk: Chunk): number {
    return this.layoutOf(chunk)?.[chunk.starts.length] ?? chunk.starts.length;
  }

  /** Null where every line is one row. */
  private layoutOf(chunk: Chunk): readonly number[] | null {
    if (this.columns === null) return null;
    const known = this.layouts.get(chunk);
    if (known !== undefined) return known;
    const made = layOut(chunk, this.columns);
    this.layouts.set(chunk, made);
    return made;
  }

  private coloursOf(chunk: Chunk, before: string): { starts: readonly string[] | null; after: string } {
    const known = this.colours.get(chunk);
    if (known?.before === before) return known;
    const made = { before, ...followColours(chunk, before) };
    this.colours.set(chunk, made);
    return made;
  }
}

function layOut(chunk: Chunk, columns: number): number[] {
  const firstRows = [0];
  let rows = 0;
  for (let index = 0; index < chunk.starts.length; index += 1) {
    rows += countRows(bytesOf(chunk, lineOf(chunk, index)), columns);
    firstRows.push(rows);
  }
  return firstRows;
}

function countRows(bytes: Uint8Array, columns: number): number {
  if (bytes.length <= columns && !bytes.includes(0x09)) return 1;
  const shown = showLine(bytes);
  const cells = cellsOf(textOf(shown));
  return cells <= columns ? 1 : wrapSpans(shown.spans, columns).length;
}

/** The colours that are on at the beginning of each line; null where none is. */
function followColours(chunk: Chunk, before: string): { starts: readonly string[] | null; after: string } {
  if (before === "" && chunk.bytes.indexOf(0x1b) < 0) return { starts: null, after: "" };
  const starts: string[] = [];
  let on = before;
  for (let index = 0; index < chunk.starts.length; index += 1) {
    starts.push(on);
    on = coloursAfter(bytesOf(chunk, lineOf(chunk, index)), on);
  }
  return { starts, after: on };
}

/** The last line that begins at a row or before. */
function findLast(firstRows: readonly number[], row: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firstRows[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text of the rows [from, to), as the lines were written, but for what rewrote itself. */
export function shownText(rows: LogRows, from: number, to: number): string {
  let text = "";
  for (let index = from; index < to; index += 1) {
    const row = rows.rowAt(index);
    if (row === null) continue;
    text += row.spans.map((span) => span.text).join("");
    if (rows.lineOf(index + 1) !== row.index && row.line.terminated) text += "\n";
  }
  return text;
}
