import { describe, expect, it } from "vitest";
import { cutChunk, findLine, lineOf, MOST_LINE_BYTES, skipToLine } from "@/lib/log-lines";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const cut = (data: Uint8Array, start = 0): [number, number, boolean][] => {
  const chunk = cutChunk(start, data);
  return chunk.starts.map((_, index) => {
    const line = lineOf(chunk, index);
    return [line.start, line.end, line.terminated];
  });
};

describe("lines", () => {
  it("end with a newline, and the last one may be open", () => {
    expect(cut(bytes("ab\n\ncd"), 100)).toEqual([
      [100, 102, true],
      [103, 103, true],
      [104, 106, false],
    ]);
    expect(cut(bytes(""))).toEqual([]);
  });

  it("of more than the most bytes become several, between characters", () => {
    const long = cut(bytes(`${"x".repeat(MOST_LINE_BYTES - 1)}ü${"y".repeat(10)}\n`));
    expect(long).toEqual([
      [0, MOST_LINE_BYTES - 1, false],
      [MOST_LINE_BYTES - 1, MOST_LINE_BYTES + 11, true],
    ]);
  });

  it("of exactly the most bytes stay one", () => {
    expect(cut(bytes(`${"x".repeat(MOST_LINE_BYTES)}\nz`))).toHaveLength(2);
  });

  it("that rewrite themselves are cut before a version of themselves", () => {
    const progress = Array.from({ length: 2000 }, (_, step) => `\r${step} of 2000`).join("");
    for (const [start] of cut(bytes(progress)).slice(1)) expect(bytes(progress)[start]).toBe(0x0d);
  });

  it("are cut before a colour rather than inside it", () => {
    const text = `${"x".repeat(MOST_LINE_BYTES - 3)}\x1b[31mred`;
    expect(cut(bytes(text))[1]?.[0]).toBe(MOST_LINE_BYTES - 3);
  });

  it("are cut where they were cut when more comes", () => {
    const junk = Uint8Array.from({ length: 60_000 }, (_, index) => ((index * 2_654_435_761) % 251) | 0x80);
    const before = cutChunk(0, junk.subarray(0, 41_000)).starts;
    expect(cutChunk(0, junk).starts.slice(0, before.length)).toEqual(before);
  });

  it("are found by any of their bytes", () => {
    const chunk = cutChunk(10, bytes("ab\n\ncd"));
    expect([10, 11, 12, 13, 14, 15].map((offset) => findLine(chunk, offset))).toEqual([0, 0, 0, 1, 2, 2]);
  });
});

describe("bytes from the middle", () => {
  it("begin behind the first newline", () => {
    expect(skipToLine(bytes("rest\nline"))).toBe(5);
  });

  it("begin with a character where no newline is near", () => {
    expect(skipToLine(Uint8Array.of(0xbc, 0x41, 0x42))).toBe(1);
    expect(skipToLine(new Uint8Array(20_000).fill(0xbf))).toBe(3);
  });
});
