/** Logs that grow while somebody reads them, and frames that are drawn when a test says so. */
import type { Rhythm } from "@/lib/log-pump";
import type { LogSource, Stretch } from "@/lib/log-source";
import { LogView } from "@/lib/log-view";

/** A log in memory that grows, loses its oldest part, and counts what is read of it. */
export class GrowingLog implements LogSource {
  bytes = new Uint8Array();
  firstOffset = 0;
  bytesRead = 0;
  broken: Error | null = null;

  constructor(text = "") {
    this.write(new TextEncoder().encode(text));
  }

  write(more: Uint8Array): void {
    const both = new Uint8Array(this.bytes.length + more.length);
    both.set(this.bytes);
    both.set(more, this.bytes.length);
    this.bytes = both;
  }

  async read(start: number, end: number): Promise<Stretch> {
    if (this.broken !== null) throw this.broken;
    const from = Math.min(Math.max(start, this.firstOffset), this.bytes.length);
    const bytes = this.bytes.slice(from, Math.max(from, end));
    this.bytesRead += bytes.length;
    return { start: from, bytes, size: this.bytes.length, firstOffset: this.firstOffset };
  }

  async measure(): Promise<Stretch> {
    const size = this.bytes.length;
    return { start: size, bytes: new Uint8Array(), size, firstOffset: this.firstOffset };
  }

  readEnd(count: number): Promise<Stretch> {
    return this.read(Math.max(0, this.bytes.length - count), this.bytes.length);
  }
}

export class Frames implements Rhythm {
  private waiting: (() => void)[] = [];
  retries: (() => void)[] = [];
  frame(callback: () => void): void {
    this.waiting.push(callback);
  }
  later(callback: () => void): () => void {
    this.retries.push(callback);
    return () => {
      this.retries = this.retries.filter((waiting) => waiting !== callback);
    };
  }
  draw(): number {
    const due = this.waiting;
    this.waiting = [];
    for (const callback of due) callback();
    return due.length;
  }
}

/** Everything that is being read has been read, and is shown. */
export async function settle(frames: Frames): Promise<number> {
  let drawn = 0;
  for (let quiet = 0; quiet < 3; ) {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    const isDrawn = frames.draw() > 0;
    drawn += isDrawn ? 1 : 0;
    quiet = isDrawn ? 0 : quiet + 1;
  }
  return drawn;
}

export async function opened(
  log: GrowingLog,
  offset: number | null = null,
): Promise<{ view: LogView; frames: Frames }> {
  const frames = new Frames();
  const view = new LogView(log, frames);
  view.open(offset);
  await settle(frames);
  return { view, frames };
}

export function lines(count: number, from = 0): string {
  return Array.from({ length: count }, (_, index) => `line ${String(from + index).padStart(7, "0")}\n`).join("");
}
