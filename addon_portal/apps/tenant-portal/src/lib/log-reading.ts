/**
 * What of a log is loaded, and what is to be read next: where somebody wants to go first of all, then what comes while they
 * follow, then what stands near the screen. Following a program that writes faster than one can read skips to the end
 * instead of reading everything. Leaves when to read to the pump, and who looks where to the view.
 */
import type { Need } from "@/lib/log-pump";
import type { LogSource, Stretch } from "@/lib/log-source";
import { CHUNK_BYTES, LogWindow } from "@/lib/log-window";

/** Lines beyond the screen that are to be there before somebody scrolls to them. */
const MARGIN_LINES = 400;
/** Who follows and is farther behind than this goes on at the end. */
export const MOST_BEHIND_BYTES = 2 * CHUNK_BYTES;

/** Where somebody wants to go. */
export type Target =
  | { readonly kind: "end" }
  | { readonly kind: "around"; readonly offset: number; readonly isAgain?: boolean };

interface Told {
  /** The window begins anew; of a place that was asked for, the line there. */
  replaced(line: number | null): void;
  /** So many lines were ended by what was added behind this byte. */
  added(end: number, lines: number): void;
}

export class LogReading {
  readonly window = new LogWindow();
  size = 0;
  firstOffset = 0;
  isLoaded = false;
  isFollowing = false;
  /** The size may have grown without a word, as while the portal was away. */
  isDoubtful = false;
  target: Target | null = null;
  /** The lines of the window that are on the screen, [from, to). */
  seen = { from: 0, to: 0 };
  private readonly source: LogSource;
  private readonly told: Told;

  constructor(source: LogSource, told: Told) {
    this.source = source;
    this.told = told;
  }

  next(): Need | null {
    if (this.target !== null) return this.needTarget(this.target);
    if (!this.isLoaded) return null;
    const { start, end } = this.window;
    if (this.isDoubtful) return this.needSize();
    if (this.isFollowing && end < this.size) {
      return this.size - end > MOST_BEHIND_BYTES ? this.needTarget({ kind: "end" }) : this.needBehind(end);
    }
    const isNearEnd = this.window.lineCount - this.seen.to < MARGIN_LINES;
    if (isNearEnd && end < this.size && end >= this.firstOffset) return this.needBehind(end);
    if (this.seen.from < MARGIN_LINES && start > this.firstOffset) return this.needBefore(start);
    return null;
  }

  take(need: Need, stretch: Stretch) {
    this.size = Math.max(this.size, stretch.size);
    this.firstOffset = Math.max(this.firstOffset, stretch.firstOffset);
    need.take(stretch);
  }

  private needTarget(target: Target): Need {
    return {
      read: (signal) => {
        if (target.kind === "end") return this.source.readEnd(CHUNK_BYTES, signal);
        return this.source.read(Math.max(0, target.offset - CHUNK_BYTES), target.offset + CHUNK_BYTES, signal);
      },
      take: (stretch) => this.replace(target, stretch),
    };
  }

  private replace(target: Target, { start, bytes, size, firstOffset }: Stretch) {
    if (target.kind === "around" && bytes.length === 0 && start < size) {
      // It was removed while it was asked for. In a flood so is the next oldest part: then the middle of what is kept.
      const offset = target.isAgain ? Math.floor((firstOffset + size) / 2) : firstOffset;
      this.target = { kind: "around", offset, isAgain: true };
      return;
    }
    this.window.replace(start, bytes, start === firstOffset);
    this.isLoaded = true;
    this.isDoubtful = false;
    if (this.target === target) this.target = null;
    const offset = target.kind === "end" ? this.window.end : Math.max(target.offset, this.window.start);
    const line = this.window.indexOf(offset);
    this.seen = { from: line, to: line };
    this.told.replaced(target.kind === "end" ? null : line);
  }

  private needSize(): Need {
    return {
      read: (signal) => this.source.measure(signal),
      take: () => {
        this.isDoubtful = false;
      },
    };
  }

  private needBehind(end: number): Need {
    return {
      read: (signal) => this.source.read(end, Math.min(this.size, end + CHUNK_BYTES), signal),
      take: ({ start, bytes }) => {
        // What is gone is not followed by what is there.
        if (start !== end) return;
        const lines = this.window.append(bytes);
        if (this.isFollowing) this.seen = { from: this.window.lineCount, to: this.window.lineCount };
        this.told.added(end, lines);
        this.window.trim(this.seen.from, this.seen.to);
      },
    };
  }

  private needBefore(begin: number): Need {
    return {
      read: (signal) => this.source.read(Math.max(this.firstOffset, begin - CHUNK_BYTES), begin, signal),
      take: ({ start, bytes, firstOffset }) => {
        if (start + bytes.length < begin) return;
        const before = this.window.lineCount;
        this.window.prepend(start, bytes, start === firstOffset);
        const added = this.window.lineCount - before;
        this.seen = { from: this.seen.from + added, to: this.seen.to + added };
        this.window.trim(this.seen.from, this.seen.to);
      },
    };
  }
}
