import { describe, expect, it } from "vitest";
import { HEALTH, isFinal, lookOf, REASONS, STATES } from "@/lib/states";
import { makeRun } from "@/testing/factories";

describe("the looks of states", () => {
  it("tells every two states apart without colour", () => {
    const looks = Object.values(STATES);
    expect(new Set(looks.map(({ word }) => word)).size).toBe(looks.length);
    expect(new Set(looks.map(({ shape }) => shape)).size).toBe(looks.length);
  });

  it("shows an outcome that nobody knows neither as a failure nor in red", () => {
    const look = lookOf(makeRun.unknown());
    expect(look.word).toBe("Ended, outcome unknown");
    expect(look.tone).toBe("grey");
    expect(look.shape).not.toBe(STATES.failed.shape);
  });

  it("has a word for a project that has never run", () => {
    expect(lookOf(null).word).toBe("Never run");
  });

  it("keeps red for failures and green for successes alone", () => {
    const toned = Object.entries(STATES).filter(([, { tone }]) => tone === "red" || tone === "green");
    expect(toned.map(([state]) => state)).toEqual(["completed", "failed"]);
  });

  it("knows which states nothing leaves", () => {
    expect(Object.keys(STATES).filter((state) => isFinal(state as keyof typeof STATES))).toEqual([
      "completed",
      "failed",
      "cancelled",
    ]);
  });

  it("says nothing beside a run that is well", () => {
    expect(HEALTH.ok).toBeNull();
    expect(REASONS.succeeded).toBeNull();
  });
});
