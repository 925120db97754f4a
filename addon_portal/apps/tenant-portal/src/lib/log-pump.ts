/**
 * Reading one thing after the other: what is needed most is asked for, put in place in a frame, and asked for again where
 * the portal did not answer. Leaves what is needed to the view.
 */
import { LogUnreadable, type Stretch } from "@/lib/log-source";

const HIDDEN_FRAME_MILLISECONDS = 500;
const RETRY_MILLISECONDS = [500, 1000, 2000, 5000, 10000];

/** Something to be read, and where it is put. */
export interface Need {
  read(signal: AbortSignal): Promise<Stretch>;
  take(stretch: Stretch): void;
}

/** When frames are drawn, and how one waits. */
export interface Rhythm {
  /** Call before the next frame is drawn. */
  frame(callback: () => void): void;
  later(callback: () => void, milliseconds: number): () => void;
}

export const BROWSER_RHYTHM: Rhythm = {
  frame: (callback) => {
    // A hidden tab draws no frames, and yet what it shows is to be true when somebody comes back.
    if (document.hidden) setTimeout(callback, HIDDEN_FRAME_MILLISECONDS);
    else requestAnimationFrame(callback);
  },
  later: (callback, milliseconds) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

interface Work {
  /** What is needed most now. */
  next(): Need | null;
  take(need: Need, stretch: Stretch): void;
  /** Do this in the next frame. */
  inFrame(work: () => void): void;
}

export class LogPump {
  /** Why nothing is read now. */
  problem: LogUnreadable | null = null;
  private readonly work: Work;
  private readonly rhythm: Rhythm;
  private reading: AbortController | null = null;
  private failures = 0;
  private cancelRetry: (() => void) | null = null;
  private isClosed = false;

  constructor(work: Work, rhythm: Rhythm) {
    this.work = work;
    this.rhythm = rhythm;
  }

  get isReading(): boolean {
    return this.reading !== null;
  }

  open() {
    this.isClosed = false;
  }

  close() {
    this.isClosed = true;
    this.drop();
    this.cancelRetry?.();
  }

  /** What is being read is not wanted any more. */
  drop() {
    this.reading?.abort();
    this.reading = null;
  }

  /** Read what is needed most, unless something is being read. */
  pump() {
    if (this.reading !== null || this.isClosed || this.problem !== null) return;
    const need = this.work.next();
    if (need === null) return;
    const reading = new AbortController();
    this.reading = reading;
    need.read(reading.signal).then(
      (stretch) => this.finish(reading, () => this.take(need, stretch)),
      (error: unknown) => this.finish(reading, () => this.fail(error)),
    );
  }

  retry() {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.problem = null;
    this.work.inFrame(() => this.pump());
  }

  private finish(reading: AbortController, work: () => void) {
    this.work.inFrame(() => {
      if (this.reading !== reading) return;
      this.reading = null;
      work();
      this.pump();
    });
  }

  private take(need: Need, stretch: Stretch) {
    this.failures = 0;
    this.work.take(need, stretch);
  }

  private fail(error: unknown) {
    const isSaid = error instanceof LogUnreadable;
    this.problem = isSaid ? error : new LogUnreadable("unreachable", "The portal does not answer. Trying again.", true);
    if (!this.problem.isPassing) return;
    const wait = RETRY_MILLISECONDS[Math.min(this.failures, RETRY_MILLISECONDS.length - 1)] ?? 0;
    this.failures += 1;
    this.cancelRetry = this.rhythm.later(() => this.retry(), wait);
  }
}
