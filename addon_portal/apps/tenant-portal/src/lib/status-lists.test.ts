import { describe, expect, it } from "vitest";
import type { Status } from "@/lib/status";
import { statusLists } from "@/lib/status-lists";
import { makeRun } from "@/testing/factories";

const SEEN = { observed_at: "2026-11-29T12:03:07Z", unreachable: false };
const NOBODY = new Set<string>();

function statusOf(lists: Partial<Pick<Status, "failed" | "running" | "waiting">>): Status {
  const health = { unreachable: 0, unsupervised: 0, finishing: 0, silent: 0, overdue: 0, ok: 0 };
  return {
    projects: 1,
    active_runs: { pending: 0, starting: 0, running: 0, stopping: 0 },
    health,
    last_24_hours: { completed: 0, failed: 0, unknown: 0, cancelled: 0 },
    observed_at: SEEN.observed_at,
    unreachable: false,
    failed: [],
    running: [],
    waiting: [],
    ...lists,
  };
}

const ids = (runs: readonly { run_id: string }[]) => runs.map((run) => run.run_id);

describe("a run on the status page", () => {
  it("stands in one list alone when it is silent", () => {
    const silent = makeRun.running({ run_id: "silent", health: "silent", health_all: ["silent"] });
    const well = makeRun.running({ run_id: "well" });
    const lists = statusLists(statusOf({ running: [well, silent] }), NOBODY, SEEN);
    expect(ids(lists.attention)).toEqual(["silent"]);
    expect(ids(lists.running)).toEqual(["well"]);
  });

  it("needs attention where the supervisor cannot see it, and not because it sees nothing at all", () => {
    const unseen = makeRun.running({
      health: "unreachable",
      health_all: ["unreachable"],
      condition_detail: "the keeper does not answer",
    });
    expect(statusLists(statusOf({ running: [unseen] }), NOBODY, SEEN).attention).toEqual([unseen]);
    const away = { ...SEEN, unreachable: true };
    expect(statusLists(statusOf({ running: [unseen] }), NOBODY, away).running).toEqual([unseen]);
  });

  it("goes at once where an event says that it belongs", () => {
    const failed = makeRun.failed({ run_id: "failed" });
    const completed = makeRun.completed({ run_id: "completed" });
    const begun = makeRun.running({ run_id: "begun" });
    const lists = statusLists(statusOf({ running: [failed, completed], waiting: [begun] }), NOBODY, SEEN);
    expect(ids(lists.attention)).toEqual(["failed"]);
    expect(ids(lists.running)).toEqual(["begun"]);
    expect(lists.waiting).toEqual([]);
  });

  it("needs none once something has followed it, unless that was done here", () => {
    const failed = makeRun.failed({ run_id: "failed", restartable: false, restarted_by: "next" });
    expect(statusLists(statusOf({ failed: [failed] }), NOBODY, SEEN).attention).toEqual([]);
    expect(ids(statusLists(statusOf({ failed: [failed] }), new Set(["failed"]), SEEN).attention)).toEqual(["failed"]);
  });
});
