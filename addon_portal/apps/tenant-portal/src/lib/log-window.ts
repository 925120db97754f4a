/**
 * A window over a log: a stretch of it that grows at both ends and forgets what is far from the reader. Promises bounded
 * memory however long the log is, that lines are found by their byte in the file (which stays the same for ever), and that
 * nothing that is added or forgotten moves a line from the byte where it was. Knows nothing of fetching or of the screen.
 */
import {
  bytesOf,
  type Chunk,
  cutChunk,
  endOf,
  findLine,
  type Line,
  lineOf,
  skipToLine,
  sliceChunk,
} from "@/lib/log-lines";

/** How much is asked for at once. */
export const CHUNK_BYTES = 128 * 1024;
/** What is kept at most, beside the chunks that are on the screen. */
export const MOST_BYTES = 16 * CHUNK_BYTES;
export const MOST_LINES = 100_000;

export class LogWindow {
  private chunks: Chunk[] = [];
  /** How many lines of the file stand before the window; null where nobody has counted them. */
  private linesBefore: number | null = null;
  private begin = 0;

  get start(): number {
    return this.begin;
  }

  get end(): number {
    const last = this.chunks.at(-1);
    return last === undefined ? this.begin : endOf(last);
  }

  get lineCount(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.starts.length, 0);
  }

  /** Begin anew with the bytes from `start` on; `whole` says that a line begins there for certain. */
  replace(start: number, bytes: Uint8Array, whole: boolean): void {
    const skipped = whole ? 0 : skipToLine(bytes);
    this.begin = start + skipped;
    this.linesBefore = this.begin === 0 ? 0 : null;
    this.chunks = cutIntoChunks(this.begin, bytes.subarray(skipped));
  }

  /** Add what follows. The line that was open goes on where it was. Answers how many lines were ended by it. */
  append(bytes: Uint8Array): number {
    const before = countNewlines(this.chunks);
    const last = this.chunks.pop();
    if (last === undefined) {
      this.chunks = cutIntoChunks(this.begin, bytes);
    } else {
      const kept = last.bytes.length + bytes.length <= CHUNK_BYTES ? 0 : openLine(last);
      if (kept > 0) this.chunks.push(sliceChunk(last, 0, kept));
      const rest = last.starts[kept] ?? last.bytes.length;
      this.chunks.push(...cutIntoChunks(last.start + rest, concat(last.bytes.subarray(rest), bytes)));
    }
    return countNewlines(this.chunks) - before;
  }

  /** Add what stands before; `whole` says that a line begins at `start` for certain. */
  prepend(start: number, bytes: Uint8Array, whole: boolean): void {
    const taken = bytes.subarray(0, this.begin - start);
    const skipped = whole ? 0 : skipToLine(taken);
    const added = cutIntoChunks(start + skipped, taken.subarray(skipped));
    if (added.length === 0) return;
    this.begin = start + skipped;
    if (this.begin === 0) this.linesBefore = 0;
    else if (this.linesBefore !== null) this.linesBefore -= countNewlines(added);
    this.chunks.unshift(...added);
  }

  /** Forget what is too much, at the end that is farther from the lines [from, to), which stay. */
  trim(from: number, to: number): void {
    while (this.chunks.length > 1 && this.isTooLarge()) {
      const first = this.chunks[0] as Chunk;
      const last = this.chunks.at(-1) as Chunk;
      const before = from - first.starts.length;
      const behind = this.lineCount - last.starts.length - to;
      if (before < 0 && behind < 0) return;
      if (before >= behind) {
        this.dropFirst(first);
        from -= first.starts.length;
        to -= first.starts.length;
      } else {
        this.chunks.pop();
      }
    }
  }

  lineAt(index: number): Line | null {
    const place = this.placeOf(index);
    return place && lineOf(place.chunk, place.index);
  }

  bytesAt(index: number): Uint8Array {
    const place = this.placeOf(index);
    return place === null ? new Uint8Array() : bytesOf(place.chunk, lineOf(place.chunk, place.index));
  }

  /** The line in which a byte lies; the first or the last one for a byte outside. */
  indexOf(offset: number): number {
    let before = 0;
    for (const chunk of this.chunks) {
      if (offset < endOf(chunk)) return before + (offset < chunk.start ? 0 : findLine(chunk, offset));
      before += chunk.starts.length;
    }
    return Math.max(0, before - 1);
  }

  holds(offset: number): boolean {
    return offset >= this.start && offset < this.end;
  }

  /** Which line of the file this is, from 1; null where nobody has counted those before it. */
  numberOf(index: number): number | null {
    if (this.linesBefore === null) return null;
    let number = this.linesBefore + 1;
    let before = 0;
    for (const chunk of this.chunks) {
      if (index < before + chunk.starts.length) {
        for (let line = 0; line < index - before; line += 1) number += lineOf(chunk, line).terminated ? 1 : 0;
        return number;
      }
      number += chunk.newlines;
      before += chunk.starts.length;
    }
    return number;
  }

  /** The chunk of a line and its place in it, for what is worked out once per chunk. */
  placeOf(index: number): { chunk: Chunk; index: number } | null {
    let rest = index;
    for (const chunk of this.chunks) {
      if (rest < chunk.starts.length) return rest < 0 ? null : { chunk, index: rest };
      rest -= chunk.starts.length;
    }
    return null;
  }

  allChunks(): readonly Chunk[] {
    return this.chunks;
  }

  private isTooLarge(): boolean {
    return this.end - this.start > MOST_BYTES || this.lineCount > MOST_LINES;
  }

  private dropFirst(first: Chunk): void {
    this.chunks.shift();
    this.begin = endOf(first);
    if (this.linesBefore !== null) this.linesBefore += first.newlines;
  }
}

/** Chunks of about CHUNK_BYTES, each of which begins with a line. */
function cutIntoChunks(start: number, bytes: Uint8Array): Chunk[] {
  const whole = cutChunk(start, bytes);
  if (bytes.length <= CHUNK_BYTES) return bytes.length > 0 ? [whole] : [];
  const chunks: Chunk[] = [];
  let from = 0;
  for (let line = 1; line <= whole.starts.length; line += 1) {
    const begin = whole.starts[from] ?? 0;
    if (line === whole.starts.length || (whole.starts[line + 1] ?? bytes.length) - begin > CHUNK_BYTES) {
      chunks.push(sliceChunk(whole, from, line));
      from = line;
    }
  }
  return chunks;
}

/** The line of a chunk that is not ended yet; behind the last one where all are. */
function openLine(chunk: Chunk): number {
  const last = chunk.starts.length - 1;
  return lineOf(chunk, last).terminated ? last + 1 : last;
}

function countNewlines(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.newlines, 0);
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
