import { describe, expect, it } from "vitest";
import { restartBlocked, stopBlocked } from "@/lib/restarts";
import type { Session } from "@/lib/session";
import { makeRun } from "@/testing/factories";

const tenant = { id: "ten_1", name: "acme" };
const session = (role: Session["role"]): Session => ({
  name: "alice",
  role,
  tenant,
  tenants: [tenant],
  csrf_token: "t",
  expires_at: null,
  version: "1",
});

describe("a restart", () => {
  it("is open to members for what has ended and is the newest", () => {
    expect(restartBlocked(makeRun.failed(), session("member"))).toBeNull();
    expect(restartBlocked(makeRun.completed(), session("operator"))).toBeNull();
  });

  it.each([
    ["a viewer", makeRun.failed(), session("viewer"), "viewer"],
    ["a run that goes on", makeRun.running(), session("member"), "not ended"],
    ["a run that was restarted", makeRun.failed({ restarted_by: "run_2" }), session("member"), "already"],
    ["a run that another has followed", makeRun.failed({ restartable: false }), session("member"), "newer run"],
  ])("is refused with a reason for %s", (_, run, who, reason) => {
    expect(restartBlocked(run, who)).toContain(reason);
  });
});

describe("a stop", () => {
  it("is open to members for what has not ended", () => {
    expect(stopBlocked(makeRun.running(), session("member"))).toBeNull();
    expect(stopBlocked(makeRun.pending(), session("member"))).toBeNull();
  });

  it.each([
    ["what has ended", makeRun.failed(), "ended"],
    ["what is being stopped", makeRun.stopping(), "already"],
    [
      "what was asked to stop while nobody looks",
      makeRun.running({ stop_requested_at: "2026-11-29T12:00:00Z" }),
      "supervisor",
    ],
  ])("is refused with a reason for %s", (_, run, reason) => {
    expect(stopBlocked(run, session("member"))).toContain(reason);
  });
});
