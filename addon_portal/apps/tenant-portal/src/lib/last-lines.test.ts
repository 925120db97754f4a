import { describe, expect, it } from "vitest";
import { readLastLines } from "@/lib/last-lines";
import { textOf } from "@/lib/log-text";
import { GrowingLog, lines } from "@/testing/growing-log";

const last = async (log: GrowingLog, count: number) =>
  (await readLastLines(log, count, new AbortController().signal)).map(({ spans }) => textOf({ spans, overwritten: 0 }));

describe("the last lines", () => {
  it("are so many whole ones", async () => {
    expect(await last(new GrowingLog(lines(10_000)), 2)).toEqual(["line 0009998", "line 0009999"]);
    expect(await last(new GrowingLog("one\ntwo"), 5)).toEqual(["one", "two"]);
    expect(await last(new GrowingLog(), 5)).toEqual([]);
  });

  it("cost one small reading", async () => {
    const log = new GrowingLog(lines(100_000));
    await last(log, 12);
    expect(log.bytesRead).toBeLessThanOrEqual(16 * 1024);
  });
});
