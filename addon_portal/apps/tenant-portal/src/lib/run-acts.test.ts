import { describe, expect, it } from "vitest";
import { restartRefusal, stopRefusal } from "@/lib/run-acts";
import type { Session } from "@/lib/session";
import { makeRun } from "@/testing/factories";

const as = (role: Session["role"]) => ({ role }) as Session;

describe("what stands against an act", () => {
  it("is nothing where the portal would do it", () => {
    expect(restartRefusal(makeRun.failed(), as("member"))).toBeNull();
    expect(stopRefusal(makeRun.running(), as("member"))).toBeNull();
    expect(stopRefusal(makeRun.pending(), as("operator"))).toBeNull();
  });

  it("is the role of who only may look", () => {
    expect(restartRefusal(makeRun.failed(), as("viewer"))).toContain("viewer");
    expect(stopRefusal(makeRun.running(), as("viewer"))).toContain("viewer");
  });

  it("is how the run stands", () => {
    expect(restartRefusal(makeRun.running(), as("member"))).toContain("not ended");
    expect(restartRefusal(makeRun.failed({ restarted_by: "run_2" }), as("member"))).toContain("already");
    const because = { code: "followed", sentence: "A newer run has followed it." } as const;
    const followed = makeRun.completed({ restartable: false, not_restartable_because: because });
    expect(restartRefusal(followed, as("member"))).toBe(because.sentence);
    expect(stopRefusal(makeRun.failed(), as("member"))).toContain("ended");
    expect(stopRefusal(makeRun.stopping({ stop_requested_at: "2026-11-29T12:00:04Z" }), as("member"))).toContain(
      "asked for",
    );
  });
});
