import { describe, expect, it } from "vitest";
import { MOST_LINE_BYTES } from "@/lib/log-lines";
import type { LogView } from "@/lib/log-view";
import { CHUNK_BYTES, MOST_BYTES } from "@/lib/log-window";
import { GrowingLog, lines, opened, settle } from "@/testing/growing-log";

const ROW_AT_TOP = { cell: 0, pixels: 0 };

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  "ok\n",
  "ü",
  "你好\n",
  "\x1b[31m",
  "\x1b[0m",
  "\r50%",
  "\n",
  "\0",
  "word ",
  "\t",
  "\r\n",
  "x".repeat(300),
];

function stubbornBytes(random: (below: number) => number): Uint8Array {
  switch (random(6)) {
    case 0:
      return Uint8Array.from({ length: random(3_000) }, () => random(256));
    case 1:
      return new Uint8Array(random(3 * MOST_LINE_BYTES)).fill(0x78);
    case 2:
      return new TextEncoder().encode(lines(random(2_000)));
    default:
      return new TextEncoder().encode(
        Array.from({ length: random(400) }, () => PIECES[random(PIECES.length)]).join(""),
      );
  }
}

/** The lines of the window, put together, are the bytes of the file. */
function expectTrue(view: LogView, log: GrowingLog): void {
  const { window } = view;
  let at = window.start;
  for (let index = 0; index < window.lineCount; index += 1) {
    const line = window.lineAt(index);
    if (line === null || line.start !== at || line.end - at > MOST_LINE_BYTES)
      throw new Error(`line ${index} is wrong`);
    at = line.next;
  }
  expect(at).toBe(window.end);
  for (const chunk of window.allChunks()) {
    const written = log.bytes.subarray(chunk.start, chunk.start + chunk.bytes.length);
    expect(chunk.bytes.every((byte, index) => byte === written[index])).toBe(true);
  }
  expect(window.end - window.start).toBeLessThanOrEqual(MOST_BYTES + 2 * CHUNK_BYTES);
}

describe("whatever is written and wherever one goes", () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    "the window is the file and the reader is not moved (%i)",
    async (seed) => {
      const random = numbers(seed);
      const log = new GrowingLog();
      const { view, frames } = await opened(log);
      let reading: number | null = null;
      for (let step = 0; step < 40; step += 1) {
        switch (random(6)) {
          case 0:
            reading = null;
            view.goToEnd();
            break;
          case 1: {
            reading = null;
            view.goTo(random(log.bytes.length + 1));
            break;
          }
          case 2: {
            const index = random(Math.max(1, view.window.lineCount));
            const line = view.window.lineAt(index);
            if (line === null) break;
            view.stopFollowing();
            reading = line.start;
            view.look(view.getState().rows.indexOf(reading), view.getState().rows.indexOf(reading) + 40, {
              offset: reading,
              ...ROW_AT_TOP,
            });
            break;
          }
          case 3:
            view.wrap(random(2) === 0 ? null : 1 + random(120));
            break;
          default:
            log.write(stubbornBytes(random));
            view.grow(log.bytes.length);
        }
        await settle(frames);
        if (reading !== null) expect(view.getState().rows.rowAt(view.place().row)?.line.start).toBe(reading);
      }
      expectTrue(view, log);
      view.goToEnd();
      await settle(frames);
      expect(view.window.end).toBe(log.bytes.length);
      expectTrue(view, log);
      const { rows } = view.getState();
      for (let row = 0; row < rows.count; row += 1 + (rows.count >> 6)) {
        const shown = rows.rowAt(row);
        expect(shown === null ? -1 : rows.indexOf(shown.line.start) + shown.part).toBe(row);
      }
    },
  );
});
