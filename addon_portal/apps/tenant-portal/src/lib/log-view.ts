/**
 * What a person sees of a log: where they are in it, and whether they follow its end. Promises that what is read never moves
 * the line that is being looked at, that everything changes in frames, and that each frame is told once.
 */
import { BROWSER_RHYTHM, LogPump, type Rhythm } from "@/lib/log-pump";
import { LogReading, MOST_BEHIND_BYTES, type Target } from "@/lib/log-reading";
import { LogRows } from "@/lib/log-rows";
import type { LogSource, LogUnreadable } from "@/lib/log-source";
import { CHUNK_BYTES } from "@/lib/log-window";

/** Where the top of the screen is: a line by its byte, the cell of it that begins the row, and pixels into the row. */
export interface Anchor {
  readonly offset: number;
  readonly cell: number;
  readonly pixels: number;
}

/** A line to bring into view; a new `id` is a new wish. */
export interface Reveal {
  readonly id: number;
  readonly offset: number;
}

export interface ViewState {
  readonly rows: LogRows;
  readonly version: number;
  readonly isLoaded: boolean;
  readonly isFollowing: boolean;
  readonly size: number;
  readonly firstOffset: number;
  readonly start: number;
  readonly end: number;
  /** What has come since the reader left the end; lines only where all of it was read. */
  readonly newBytes: number;
  readonly newLines: number | null;
  readonly reveal: Reveal | null;
  readonly problem: LogUnreadable | null;
}

export class LogView {
  /** Called before each frame that changes something: whoever shows it says where its reader is. */
  beforeFrame: (() => void) | null = null;
  private readonly reading: LogReading;
  private readonly pump: LogPump;
  private readonly rhythm: Rhythm;
  private readonly listeners = new Set<() => void>();
  private readonly due: (() => void)[] = [];
  private rows: LogRows;
  private columns: number | null = null;
  private anchor: Anchor = { offset: 0, cell: 0, pixels: 0 };
  private reveal: Reveal | null = null;
  private leftAt = 0;
  private linesSince = 0;
  private version = 0;
  private isNoticed = false;
  private isClosed = false;
  private state: ViewState;

  constructor(source: LogSource, rhythm: Rhythm = BROWSER_RHYTHM) {
    this.rhythm = rhythm;
    this.reading = new LogReading(source, {
      replaced: (line) => this.replaced(line),
      added: (end, lines) => {
        if (!this.reading.isFollowing && end >= this.leftAt) this.linesSince += lines;
      },
    });
    const inFrame = (work: () => void) => this.inFrame(work);
    const next = () => this.reading.next();
    this.pump = new LogPump({ next, take: (need, stretch) => this.reading.take(need, stretch), inFrame }, rhythm);
    this.rows = new LogRows(this.reading.window, null);
    this.state = this.makeState();
  }

  get window() {
    return this.reading.window;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): ViewState => this.state;

  /** Begin at a byte of the file, or at its end, following it. */
  open(offset: number | null) {
    this.isClosed = false;
    this.pump.open();
    if (offset === null) this.goToEnd();
    else this.goTo(offset);
  }

  close() {
    this.isClosed = true;
    this.pump.close();
  }

  /** The log has so many bytes now. */
  grow(size: number) {
    if (size <= this.reading.size) return;
    this.reading.size = size;
    this.inFrame(() => this.pump.pump());
  }

  /** Ask how large the log is: nobody may have told. */
  check() {
    if (!this.reading.isLoaded) return;
    this.reading.isDoubtful = true;
    this.pump.pump();
  }

  /** Bring a byte of the file into view. */
  goTo(offset: number) {
    this.stopFollowing();
    if (this.reading.isLoaded && this.window.holds(offset)) this.show(offset);
    else this.aim({ kind: "around", offset });
  }

  goToEnd() {
    const { isFollowing, isLoaded, target, size } = this.reading;
    if (isFollowing && isLoaded) return;
    this.reading.isFollowing = true;
    this.linesSince = 0;
    const isNear = isLoaded && target === null && size - this.window.end <= MOST_BEHIND_BYTES;
    if (!isNear) this.aim({ kind: "end" });
    else this.inFrame(() => this.pump.pump());
  }

  /** The reader looks at something else than the end. */
  stopFollowing() {
    if (!this.reading.isFollowing) return;
    this.reading.isFollowing = false;
    this.leftAt = this.window.end;
    this.linesSince = 0;
    this.notice();
  }

  /** Which rows are on the screen, and where its top is. */
  look(from: number, to: number, anchor: Anchor) {
    this.anchor = anchor;
    const { lineCount } = this.window;
    this.reading.seen = { from: this.rows.lineOf(from) ?? lineCount, to: this.rows.lineOf(to) ?? lineCount };
    this.pump.pump();
  }

  /** Where the top of the screen is now: a row, and pixels into it. */
  place(): { row: number; pixels: number } {
    const columns = this.rows.columns;
    const part = columns === null ? 0 : Math.floor(this.anchor.cell / columns);
    return { row: this.rows.indexOf(this.anchor.offset) + part, pixels: this.anchor.pixels };
  }

  /** The byte with which the line at the top of the screen begins. */
  topOffset(): number {
    return this.anchor.offset;
  }

  /** Rows of so many cells from now on; null does not wrap. */
  wrap(columns: number | null) {
    if (columns === this.columns) return;
    this.columns = columns;
    this.notice();
  }

  retry() {
    this.pump.retry();
  }

  private aim(target: Target) {
    this.pump.drop();
    this.reading.target = target;
    this.inFrame(() => this.pump.pump());
  }

  private replaced(line: number | null) {
    if (line === null) return;
    this.leftAt = this.reading.size;
    this.show(this.window.lineAt(line)?.start ?? this.window.start);
  }

  private show(offset: number) {
    this.anchor = { offset, cell: 0, pixels: 0 };
    this.reveal = { id: (this.reveal?.id ?? 0) + 1, offset };
    this.notice();
  }

  private inFrame(work: () => void) {
    this.due.push(work);
    this.notice();
  }

  private notice() {
    if (this.isNoticed) return;
    this.isNoticed = true;
    this.rhythm.frame(() => this.draw());
  }

  private draw() {
    this.isNoticed = false;
    if (this.isClosed) return;
    this.beforeFrame?.();
    for (const work of this.due.splice(0)) work();
    this.version += 1;
    this.state = this.makeState();
    for (const listener of this.listeners) listener();
  }

  private makeState(): ViewState {
    if (this.columns !== this.rows.columns) this.rows = new LogRows(this.window, this.columns);
    const { isLoaded, isFollowing, size, firstOffset } = this.reading;
    const { start, end } = this.window;
    return {
      rows: this.rows,
      version: this.version,
      isLoaded,
      isFollowing,
      size,
      firstOffset,
      start,
      end,
      newBytes: isFollowing ? 0 : Math.max(0, size - this.leftAt),
      newLines: !isFollowing && size - end < CHUNK_BYTES && end >= this.leftAt ? this.linesSince : null,
      reveal: this.reveal,
      problem: this.pump.problem,
    };
  }
}
