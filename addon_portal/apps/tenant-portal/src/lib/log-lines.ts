/**
 * Cuts bytes of output into lines. A line is never longer than MOST_LINE_BYTES: what is longer becomes several, cut where
 * a reader loses least (before a progress line that replaces the one before, never inside a character). Where a line is
 * cut depends on its bytes alone, so that a log that grows never moves what was shown before.
 */
/** Bytes of one line at most. */
export const MOST_LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
/** An escape sequence that is not finished after so many bytes is none. */
const LONGEST_ESCAPE = 32;

/** A chunk of output: whole lines, the last of which may still be open. */
export interface Chunk {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Where each line begins, from the beginning of the chunk. */
  readonly starts: readonly number[];
  /** How many of its lines end with a newline. */
  readonly newlines: number;
}

/** The bytes [start, end) of the file that are one line on the screen; `next` is where the next one begins. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** Whether it ends with a newline: otherwise it goes on in the next one, or is still being written. */
  readonly terminated: boolean;
}

export function cutChunk(start: number, bytes: Uint8Array): Chunk {
  const starts: number[] = [];
  let newlines = 0;
  let at = 0;
  while (at < bytes.length) {
    starts.push(at);
    const newline = bytes.subarray(at, at + MOST_LINE_BYTES + 1).indexOf(NEWLINE);
    if (newline >= 0) {
      newlines += 1;
      at += newline + 1;
    } else if (bytes.length - at > MOST_LINE_BYTES) {
      at = cutLongLine(bytes, at);
    } else {
      break;
    }
  }
  return { start, bytes, starts, newlines };
}

/** A part of a chunk from its line `from` up to, without, its line `to`. */
export function sliceChunk(chunk: Chunk, from: number, to: number): Chunk {
  const begin = chunk.starts[from] ?? chunk.bytes.length;
  const end = chunk.starts[to] ?? chunk.bytes.length;
  return cutChunk(chunk.start + begin, chunk.bytes.slice(begin, end));
}

export function endOf(chunk: Chunk): number {
  return chunk.start + chunk.bytes.length;
}

export function lineOf(chunk: Chunk, index: number): Line {
  const begin = chunk.starts[index] ?? chunk.bytes.length;
  const next = chunk.starts[index + 1] ?? chunk.bytes.length;
  const terminated = next > begin && chunk.bytes[next - 1] === NEWLINE;
  return {
    start: chunk.start + begin,
    end: chunk.start + next - (terminated ? 1 : 0),
    next: chunk.start + next,
    terminated,
  };
}

export function bytesOf(chunk: Chunk, line: Line): Uint8Array {
  return chunk.bytes.subarray(line.start - chunk.start, line.end - chunk.start);
}

/** The line in which a byte of the file lies: the last one that begins at it or before. */
export function findLine(chunk: Chunk, offset: number): number {
  let low = 0;
  let high = chunk.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (chunk.start + (chunk.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many bytes to leave out so that the rest begins with a line, or at least with a character. */
export function skipToLine(bytes: Uint8Array): number {
  const newline = bytes.subarray(0, MOST_LINE_BYTES).indexOf(NEWLINE);
  if (newline >= 0) return newline + 1;
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return at;
}

function cutLongLine(bytes: Uint8Array, at: number): number {
  const end = at + MOST_LINE_BYTES;
  const progress = bytes.subarray(at, end).lastIndexOf(RETURN);
  if (progress > 0) return at + progress;
  const sequence = bytes.subarray(end - LONGEST_ESCAPE, end).lastIndexOf(ESCAPE);
  if (sequence >= 0) return end - LONGEST_ESCAPE + sequence;
  let cut = end;
  while (cut > end - 3 && isContinuation(bytes[cut])) cut -= 1;
  return isContinuation(bytes[cut]) ? end : cut;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
