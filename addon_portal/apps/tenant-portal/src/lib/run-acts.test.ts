import { describe, expect, it } from "vitest";
import { isToEnd, restartRefusal, stopRefusal } from "@/lib/run-acts";
import type { Session } from "@/lib/session";
import { makeRun } from "@/testing/factories";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const as = (role: Session["role"]) => ({ role }) as Session;

describe("what stands against an act", () => {
  it("is nothing where the portal would do it", () => {
    expect(restartRefusal(makeRun.failed(), as("member"))).toBeNull();
    expect(stopRefusal(makeRun.running(), as("member"), NOON)).toBeNull();
    expect(stopRefusal(makeRun.pending(), as("operator"), NOON)).toBeNull();
  });

  it("is the role of who only may look", () => {
    expect(restartRefusal(makeRun.failed(), as("viewer"))).toContain("viewer");
    expect(stopRefusal(makeRun.running(), as("viewer"), NOON)).toContain("viewer");
  });

  it("is how the run stands", () => {
    expect(restartRefusal(makeRun.running(), as("member"))).toContain("not ended");
    expect(restartRefusal(makeRun.failed({ restarted_by: "run_2" }), as("member"))).toContain("already");
    const because = { code: "followed", sentence: "A newer run has followed it." } as const;
    const followed = makeRun.completed({ restartable: false, not_restartable_because: because });
    expect(restartRefusal(followed, as("member"))).toBe(because.sentence);
    expect(stopRefusal(makeRun.failed(), as("member"), NOON)).toContain("ended");
  });

  it("is for a run that is to end already that its grace time is over", () => {
    const asked = { stop_requested_at: "2026-11-29T11:59:50Z" };
    const stopping = makeRun.stopping({ ...asked, stop_deadline_at: "2026-11-29T12:00:04Z" });
    expect(stopRefusal(makeRun.running(asked), as("member"), NOON)).toBeNull();
    expect(stopRefusal(stopping, as("member"), NOON)).toBeNull();
    expect(stopRefusal(stopping, as("member"), NOON + 4_000)).toContain("over");
    expect(stopRefusal(stopping, as("viewer"), NOON)).toContain("viewer");
    expect([makeRun.running(), makeRun.running(asked), stopping, makeRun.cancelled(asked)].map(isToEnd)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
