import { describe, expect, it } from "vitest";
import { timelineOf } from "@/lib/run-timeline";
import { makeEntry, makeRun } from "@/testing/factories";

const words = (run: Parameters<typeof timelineOf>[0]) => timelineOf(run).map((step) => step.word);

describe("the timeline of a run", () => {
  it("has what has happened, with the time between", () => {
    const run = makeRun.failed({ claimed_at: "2026-11-29T12:00:00.080Z", started_at: "2026-11-29T12:00:00.100Z" });
    expect(timelineOf(run).map((step) => [step.word, step.after])).toEqual([
      ["Requested", null],
      ["Claimed", 80],
      ["Started", 20],
      ["Ended", 4_900],
      ["Recorded", 10],
    ]);
  });

  it("ends where the run stands", () => {
    expect(words(makeRun.pending())).toEqual(["Requested"]);
    expect(words(makeRun.running())).toEqual(["Requested", "Claimed", "Started"]);
  });

  it("tells why a stop was asked for, once the journal is known", () => {
    const run = makeRun.cancelled({ stop_requested_at: "2026-11-29T12:00:04Z", stop_requested_by: "person:Ada" });
    const stop = (journal?: Parameters<typeof timelineOf>[1]) =>
      timelineOf(run, journal).find(({ word }) => word === "Stop asked for")?.note;
    expect(stop()).toBe("by Ada");
    expect(stop([makeEntry({ kind: "stop_requested", detail: { note: "wrong input" } })])).toBe("by Ada “wrong input”");
    expect(stop([makeEntry({ kind: "stop_requested", detail: { note: null } })])).toBe("by Ada");
  });

  it("tells who had it end sooner", () => {
    const run = makeRun.stopping({ stop_requested_at: "2026-11-29T12:00:04Z", stop_requested_by: "person:Ada" });
    const sooner = { kind: "grace_shortened", happened_at: "2026-11-29T12:00:06Z", actor: "person:Bob" };
    const steps = timelineOf(run, [makeEntry(sooner), makeEntry({ ...sooner, detail: { note: "it hangs" } })]);
    expect(steps.slice(-2)).toMatchObject([
      { word: "Stop asked for", note: "by Ada" },
      { word: "Grace time cut short", note: "by Bob “it hangs”", after: 2_000 },
    ]);
  });

  it("has a stop where it was asked for", () => {
    const run = makeRun.cancelled({
      claimed_at: "2026-11-29T12:00:00.080Z",
      stop_requested_at: "2026-11-29T12:00:04Z",
    });
    expect(words(run)).toEqual(["Requested", "Started", "Claimed", "Stop asked for", "Ended", "Recorded"]);
  });

  it("says where nobody saw the end", () => {
    expect(timelineOf(makeRun.unknown()).slice(-2)).toMatchObject([
      { word: "Ended", at: null, after: null, note: "nobody saw the moment" },
      { word: "Recorded", after: 5_010 },
    ]);
  });

  it("tells no end of a program that was never started", () => {
    expect(words(makeRun.cancelled({ started_at: null, ended_at: null }))).toEqual(["Requested", "Recorded"]);
  });
});
