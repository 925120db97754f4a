import { describe, expect, it } from "vitest";
import { bulkText, isNews, outcomeText } from "@/lib/bulk-words";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const counts = { total: 14, done: 5, started: 4, skipped: 1, failed: 0 };

describe("a restart of many projects", () => {
  it("says how far it has come", () => {
    expect(bulkText({ ...counts, state: "working" })).toBe("Restarting 14 runs: 5 done, 4 restarted, 1 left out.");
  });

  it("says what came of it when it is over, and that it was aborted", () => {
    const all = { total: 14, done: 14, started: 11, skipped: 2, failed: 1 };
    expect(bulkText({ ...all, state: "finished" })).toBe("Done with 14 runs: 11 restarted, 2 left out, 1 went wrong.");
    expect(bulkText({ ...counts, state: "aborted" })).toBe("Aborted after 5 of 14 runs: 4 restarted, 1 left out.");
    expect(bulkText({ ...counts, total: 0, state: "finished" })).toBe("Nothing matched.");
  });

  it("names only what there is", () => {
    expect(outcomeText({ ...counts, skipped: 0 })).toBe("4 restarted");
  });

  it("is news while it works and a quarter of an hour longer", () => {
    expect(isNews({ state: "working", finished_at: null, total: 1 }, NOON)).toBe(true);
    const ended = { state: "finished", finished_at: "2026-11-29T11:46:00Z", total: 1 } as const;
    expect(isNews(ended, NOON)).toBe(true);
    expect(isNews(ended, NOON + 60_000)).toBe(false);
    expect(isNews({ ...ended, total: 0 }, NOON)).toBe(false);
  });
});
