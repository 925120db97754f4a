import { describe, expect, it } from "vitest";
import { type Hour, hourFilter, hourPoints, hourText, outcomesText, statusSearch, totalOf } from "@/lib/hours";
import { shortClockText } from "@/lib/times";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const hour = (facts: Partial<Hour>): Hour => ({
  at: "2026-11-29T12:00:00Z",
  completed: 0,
  failed: 0,
  unknown: 0,
  cancelled: 0,
  median_seconds: null,
  p95_seconds: null,
  ...facts,
});

describe("an hour", () => {
  it("says how runs ended", () => {
    expect(outcomesText(hour({ failed: 2 }))).toBe("0 completed, 2 failed, 0 stopped");
    expect(outcomesText(hour({ unknown: 1 }))).toBe("0 completed, 0 failed, 0 stopped, 1 with unknown outcome");
    expect(totalOf(hour({ completed: 1, failed: 2, unknown: 3, cancelled: 4 }))).toBe(10);
  });

  it("has a failure rate of those of which the outcome is known, and none where there were none", () => {
    const [some, none] = hourPoints([
      hour({ completed: 1, failed: 3, unknown: 9, cancelled: 9 }),
      hour({ unknown: 1 }),
    ]);
    expect(some?.failureRate).toBe(75);
    expect(none?.failureRate).toBeNull();
    expect(some?.at).toBe(NOON + 1_800_000);
  });

  it("has the durations of its successes", () => {
    const [some, none] = hourPoints([hour({ median_seconds: 1.5, p95_seconds: 60 }), hour({})]);
    expect([some?.median, some?.p95]).toEqual([1_500, 60_000]);
    expect([none?.median, none?.p95]).toEqual([null, null]);
  });

  it("is said from when to when", () => {
    expect(hourText(NOON, (at) => shortClockText(at, "UTC"))).toBe("12:00 to 13:00");
  });
});

describe("the address of the status page", () => {
  it("holds an hour and how runs ended in it", () => {
    const search = statusSearch({ hour: "2026-11-29T12:00:00Z", end: "failed" });
    expect(search).toEqual({ hour: "2026-11-29T12:00:00.000Z", end: "failed" });
    expect(hourFilter({ hour: "2026-11-29T12:00:00.000Z", end: "failed" })).toEqual({
      finished_since: "2026-11-29T12:00:00.000Z",
      finished_until: "2026-11-29T13:00:00.000Z",
      state: ["failed"],
    });
  });

  it("leaves out what means nothing", () => {
    expect(statusSearch({ hour: "yesterday", end: "failed" })).toEqual({});
    expect(statusSearch({ hour: "2026-11-29T12:30:00Z" })).toEqual({});
    expect(statusSearch({ hour: "2026-11-29T12:00:00Z", end: "running" })).toEqual({
      hour: "2026-11-29T12:00:00.000Z",
    });
  });
});
