import { describe, expect, it } from "vitest";
import { detailBelow, piecesOf } from "@/lib/sentences";

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

describe("a detail below its title", () => {
  it("does not say it again", () => {
    const detail = "The archive cannot be read: its end is missing. Send a zip.";
    expect(detailBelow("The archive cannot be read", detail)).toBe("Its end is missing. Send a zip.");
  });

  it("is as it was where it says something else", () => {
    expect(detailBelow("The name is taken", "There is a project so called.")).toBe("There is a project so called.");
  });
});
