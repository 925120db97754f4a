import { describe, expect, it } from "vitest";
import { LogUnreadable } from "@/lib/log-source";
import { textOf } from "@/lib/log-text";
import type { LogView } from "@/lib/log-view";
import { CHUNK_BYTES, MOST_BYTES } from "@/lib/log-window";
import { GrowingLog, lines, opened, settle } from "@/testing/growing-log";

const LINE = 13;
const ROW_AT_TOP = { cell: 0, pixels: 0 };

function textAt(view: LogView, row: number): string | null {
  const shown = view.getState().rows.rowAt(row);
  return shown && textOf({ spans: shown.spans, overwritten: 0 });
}

/** What the reader has at the top of the screen. */
function topLine(view: LogView): string | null {
  return textAt(view, view.place().row);
}

const MILLION = lines(1_000_000);

describe("a log of a million lines", () => {
  it("opens at its end with one small reading", async () => {
    const log = new GrowingLog(MILLION);
    const { view } = await opened(log);
    const { rows, isFollowing, end } = view.getState();
    expect(isFollowing).toBe(true);
    expect(end).toBe(LINE * 1_000_000);
    expect(textAt(view, rows.count - 1)).toBe("line 0999999");
    expect(log.bytesRead).toBeLessThanOrEqual(CHUNK_BYTES);
  });

  it("opens at the line of a link", async () => {
    const { view } = await opened(new GrowingLog(MILLION), LINE * 500_000 + 4);
    expect(topLine(view)).toBe("line 0500000");
    expect(view.getState().reveal?.offset).toBe(LINE * 500_000);
    expect(view.getState().isFollowing).toBe(false);
  });

  it("can be scrolled from end to beginning, and counts its lines there", async () => {
    const { view, frames } = await opened(new GrowingLog(lines(300_000)));
    for (let turn = 0; view.window.start > 0; turn += 1) {
      expect(turn).toBeLessThan(1000);
      view.stopFollowing();
      const line = view.window.lineAt(0);
      view.look(0, 40, { offset: line?.start ?? 0, ...ROW_AT_TOP });
      await settle(frames);
      expect(view.window.end - view.window.start).toBeLessThanOrEqual(MOST_BYTES + CHUNK_BYTES);
    }
    expect(textAt(view, 0)).toBe("line 0000000");
    expect(view.window.numberOf(41)).toBe(42);
  });
});

describe("following", () => {
  it("shows what comes as it comes", async () => {
    const log = new GrowingLog("one\ntw");
    const { view, frames } = await opened(log);
    expect(textAt(view, 1)).toBe("tw");
    log.write(new TextEncoder().encode("o\nthree\n"));
    view.grow(log.bytes.length);
    await settle(frames);
    expect([0, 1, 2, 3].map((row) => textAt(view, row))).toEqual(["one", "two", "three", null]);
  });

  it("skips to the end of what comes faster than it can be read", async () => {
    const log = new GrowingLog("begin\n");
    const { view, frames } = await opened(log);
    log.bytesRead = 0;
    log.write(new TextEncoder().encode(lines(400_000)));
    view.grow(log.bytes.length);
    await settle(frames);
    expect(view.window.end).toBe(log.bytes.length);
    expect(log.bytesRead).toBeLessThan(3 * CHUNK_BYTES);
  });

  it("tells few frames of any number of changes", async () => {
    const log = new GrowingLog("x\n");
    const { view, frames } = await opened(log);
    for (let step = 0; step < 100; step += 1) {
      log.write(new TextEncoder().encode("more\n"));
      view.grow(log.bytes.length);
    }
    expect(await settle(frames)).toBeLessThanOrEqual(2);
    expect(view.window.lineCount).toBe(101);
  });
});

describe("reading", () => {
  it("is not moved by what comes, and is told how much that is", async () => {
    const log = new GrowingLog(lines(2_000));
    const { view, frames } = await opened(log);
    view.stopFollowing();
    view.look(1_900, 1_940, { offset: LINE * 1_900, cell: 0, pixels: 7 });
    for (let step = 0; step < 300; step += 1) {
      log.write(new TextEncoder().encode(lines(100, 2_000 + step * 100)));
      view.grow(log.bytes.length);
      await settle(frames);
      expect(topLine(view)).toBe("line 0001900");
      expect(view.place().pixels).toBe(7);
      if (step === 0) expect(view.getState().newLines).toBe(100);
    }
    expect(view.getState().newBytes).toBe(LINE * 30_000);
    expect(view.getState().newLines).toBeNull();
  });

  it("stays where it was when lines are wrapped", async () => {
    const { view, frames } = await opened(new GrowingLog(lines(500)));
    view.stopFollowing();
    view.look(300, 340, { offset: LINE * 300, cell: 0, pixels: 3 });
    view.wrap(5);
    frames.draw();
    expect(view.getState().rows.count).toBe(1500);
    expect([0, 1, 2].map((part) => textAt(view, view.place().row + part))).toEqual(["line ", "00003", "00"]);
  });

  it("goes on where the oldest part is taken away meanwhile", async () => {
    const log = new GrowingLog(lines(100_000));
    const { view, frames } = await opened(log, LINE * 50_000);
    log.firstOffset = LINE * 90_000;
    view.goTo(LINE * 10_000);
    await settle(frames);
    await settle(frames);
    expect(view.getState().firstOffset).toBe(LINE * 90_000);
    expect(topLine(view)).toBe("line 0090000");
  });

  it("goes to the middle where the oldest part is taken away faster than it can be read", async () => {
    const log = new GrowingLog(lines(100_000));
    const { view, frames } = await opened(log);
    const reads = log.read.bind(log);
    log.read = (start, end) => {
      if (log.firstOffset < LINE * 40_000) log.firstOffset += 2 * CHUNK_BYTES;
      return reads(start, end);
    };
    view.goTo(0);
    await settle(frames);
    expect(view.getState().rows.count).toBeGreaterThan(1000);
    expect(view.place().row).toBeGreaterThanOrEqual(0);
    expect(topLine(view)).toMatch(/^line 00[4-7]/);
  });

  it("never takes what is gone for what follows", async () => {
    const log = new GrowingLog(lines(100_000));
    const { view, frames } = await opened(log, LINE * 10_000);
    const { end, rows } = view.getState();
    log.firstOffset = LINE * 90_000;
    view.look(rows.count - 40, rows.count, { offset: LINE * 15_000, ...ROW_AT_TOP });
    await settle(frames);
    expect(view.getState().end).toBe(end);
    expect(view.getState().firstOffset).toBe(LINE * 90_000);
  });
});

describe("a log of which nobody told that it grew", () => {
  it("is asked how large it is", async () => {
    const log = new GrowingLog("one\n");
    const { view, frames } = await opened(log);
    log.write(new TextEncoder().encode("two\n"));
    view.check();
    await settle(frames);
    expect(textAt(view, 1)).toBe("two");
  });
});

describe("a log that cannot be read", () => {
  it("is tried again where that may help", async () => {
    const log = new GrowingLog("here\n");
    log.broken = new TypeError("network");
    const { view, frames } = await opened(log);
    expect(view.getState().problem?.code).toBe("unreachable");
    log.broken = null;
    for (const retry of frames.retries) retry();
    await settle(frames);
    expect(view.getState().problem).toBeNull();
    expect(textAt(view, 0)).toBe("here");
  });

  it("is said where it does not", async () => {
    const log = new GrowingLog("here\n");
    log.broken = new LogUnreadable("output_removed", "The output was removed.", false);
    const { view, frames } = await opened(log);
    expect(view.getState().problem?.message).toBe("The output was removed.");
    expect(frames.retries).toHaveLength(0);
  });
});
