import { describe, expect, it } from "vitest";
import {
  actorName,
  factOf,
  healthOf,
  healthText,
  knownUntil,
  ordinal,
  ranFor,
  seenThrough,
  stateOf,
} from "@/lib/run-words";
import { makeRun } from "@/testing/factories";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const SEEN = { observed_at: "2026-11-29T12:03:07Z", unreachable: false };
const UNSEEN = { ...SEEN, unreachable: true };

describe("the fact beside a state", () => {
  it("is what a waiting run waits for, and its place", () => {
    expect(factOf(makeRun.pending({ waiting_for: "for a free place", queue_position: 3 }), NOON)).toBe(
      "for a free place, 3rd in line",
    );
  });

  it("counts down to the kill and then says that it is under way", () => {
    const run = makeRun.stopping({ stop_deadline_at: "2026-11-29T12:00:08Z" });
    expect(factOf(run, NOON)).toBe("will be killed in 8 s");
    expect(factOf(run, NOON - 3_592_000)).toBe("will be killed in 1 h");
    expect(factOf(run, NOON + 9_000)).toBe("being killed");
  });

  it("never counts more than the time that was given", () => {
    // The supervisor counts from when it has heard of the request.
    const asked = { stop_requested_at: "2026-11-29T12:00:00.400Z", stop_deadline_at: "2026-11-29T12:00:03.550Z" };
    expect(factOf(makeRun.stopping(asked), NOON)).toBe("will be killed in 3 s");
  });

  it("is the exit code, the signal or the reason of a failure", () => {
    expect(factOf(makeRun.failed(), NOON)).toBe("exit code 3");
    expect(factOf(makeRun.failed({ reason: "signal", signal: 9, signal_name: "SIGKILL" }), NOON)).toBe("SIGKILL");
    expect(factOf(makeRun.failed({ reason: "out_of_memory" }), NOON)).toBe("out of memory");
  });

  it("is nothing for a run that is well", () => {
    expect(factOf(makeRun.running(), NOON)).toBeNull();
    expect(factOf(makeRun.completed(), NOON)).toBeNull();
  });
});

describe("the state of a run that nobody can look at", () => {
  it("is said as of the time of the last look", () => {
    const look = stateOf(makeRun.running(), UNSEEN, "UTC");
    expect(look).toEqual({ word: "Running as of 12:03:07", shape: "dashed-circle", tone: "grey" });
  });

  it("is plain again as soon as somebody looks, whatever the run itself last said", () => {
    const run = makeRun.running({ health: "unreachable", health_all: ["unreachable", "silent"] });
    expect(stateOf(run, SEEN, "UTC").word).toBe("Running");
    expect(healthOf(run, SEEN)).toEqual(["silent"]);
  });

  it("is unseen where a supervisor that looks cannot see this one", () => {
    const run = makeRun.running({ health_all: ["unreachable"], condition_detail: "the keeper does not answer" });
    expect(stateOf(run, SEEN, "UTC").word).toBe("Running, unseen");
    expect(knownUntil(run, SEEN, NOON)).toBe(NOON);
  });

  it("does not make what waits or what has ended uncertain", () => {
    expect(stateOf(makeRun.pending(), UNSEEN, "UTC").word).toBe("Waiting");
    expect(stateOf(makeRun.failed(), UNSEEN, "UTC").word).toBe("Failed");
  });
});

it("says for how long a run is silent, by the sign of life that its project counts", () => {
  const run = makeRun.running({ silent_since: "2026-11-29T11:38:00Z", last_heartbeat_at: "2026-11-29T11:59:00Z" });
  expect(healthText("silent", run, NOON)).toBe("silent for 22 min");
  expect(healthText("silent", makeRun.running(), NOON)).toBe("silent");
});

describe("while the portal does not answer", () => {
  const since = Date.parse("2026-11-29T12:03:00Z");
  const away = seenThrough({ phase: "away", since }, SEEN);

  it("everything that may change is as of then, and no clock goes on", () => {
    expect(stateOf(makeRun.running(), away, "UTC").word).toBe("Running as of 12:03:00");
    expect(stateOf(makeRun.pending(), away, "UTC").word).toBe("Waiting as of 12:03:00");
    expect(stateOf(makeRun.completed(), away, "UTC").word).toBe("Completed");
    expect(knownUntil(makeRun.running(), away, since + 60_000)).toBe(since);
  });

  it("what was not seen before is as of when it was", () => {
    const before = { observed_at: "2026-11-29T12:01:00Z", unreachable: true };
    expect(stateOf(makeRun.running(), seenThrough({ phase: "away", since }, before), "UTC").word).toBe(
      "Running as of 12:01:00",
    );
  });

  it("is over with the first answer", () => {
    expect(seenThrough({ phase: "live", since }, SEEN)).toBe(SEEN);
  });
});

describe("a run that was stopped", () => {
  it("names who did it", () => {
    expect(stateOf(makeRun.cancelled(), SEEN, "UTC").word).toBe("Stopped by alice");
    expect(stateOf(makeRun.cancelled({ reason: "withdrawn" }), SEEN, "UTC").word).toBe("Withdrawn");
  });

  it("calls people by their names", () => {
    expect(actorName("key:ci")).toBe("ci");
    expect(actorName("schedule")).toBe("schedule");
    expect(actorName(null)).toBe("somebody");
  });
});

describe("how long a run took", () => {
  it("grows while it runs, and is not known where nobody saw the end", () => {
    expect(ranFor(makeRun.running(), NOON + 7_000)).toBe(7_000);
    expect(ranFor(makeRun.completed(), NOON + 7_000)).toBe(5_000);
    expect(ranFor(makeRun.unknown(), NOON + 7_000)).toBeNull();
    expect(ranFor(makeRun.pending(), NOON)).toBeNull();
  });

  it("is never less than nothing, whatever the clocks say", () => {
    expect(ranFor(makeRun.running(), NOON - 5_000)).toBe(0);
  });
});

it("counts places in English", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal)).toEqual([
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "112th",
  ]);
});
