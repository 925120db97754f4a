import { describe, expect, it } from "vitest";
import { piecesOf } from "@/lib/sentences";

describe("a sentence of the portal", () => {
  it("is words and moments", () => {
    const said = "It ended between 2026-11-29T04:27:14.660880Z and 2026-11-29T04:27:17Z; nobody saw how.";
    const pieces = piecesOf(said);
    expect(pieces.map(({ text }) => text).join("")).toBe(said);
    expect(pieces.flatMap(({ at }) => (at === null ? [] : [new Date(at).toISOString()]))).toEqual([
      "2026-11-29T04:27:14.660Z",
      "2026-11-29T04:27:17.000Z",
    ]);
    expect(new Set(pieces.map(({ start }) => start)).size).toBe(5);
  });

  it("may be without either", () => {
    expect(piecesOf("exit code 3")).toEqual([{ start: 0, text: "exit code 3", at: null }]);
    expect(piecesOf("2026-11-29T04:27:17Z")).toHaveLength(1);
    expect(piecesOf("")).toEqual([]);
  });
});
