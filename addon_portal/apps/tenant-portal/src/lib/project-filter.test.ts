import { describe, expect, it } from "vitest";
import { filterOf, isOutdatedBy, type ProjectFilter, projectsSearch, withChoice } from "@/lib/project-filter";
import { makeRun } from "@/testing/factories";

describe("the search part of an address", () => {
  it("keeps what means something, in one order", () => {
    const raw = { q: "etl", state: "never,failed", attention: true, sort: "name" };
    expect(projectsSearch(raw)).toEqual({ q: "etl", state: "failed,never", attention: true, sort: "name" });
  });

  it.each([
    [{ q: "  ", state: "", attention: false, sort: "created" }],
    [{ q: null, state: ["failed"], attention: "true", sort: "colour" }],
    [{ state: "asleep,,", sort: "constructor" }],
  ])("leaves out what does not: %j", (raw) => {
    expect(projectsSearch(raw)).toEqual({});
  });

  it("takes a name that reads as a number", () => {
    expect(projectsSearch({ q: 2026 })).toEqual({ q: "2026" });
  });

  it("has one choice more or less", () => {
    const one = withChoice({}, "failed");
    expect(one).toEqual({ state: "failed" });
    expect(withChoice(one, "running")).toEqual({ state: "running,failed" });
    expect(withChoice(one, "failed")).toEqual({});
  });

  it("asks the portal for all that people call running", () => {
    expect(filterOf({ q: " etl ", state: "running", sort: "run" })).toEqual({
      search: "etl",
      standings: ["running", "starting"],
      sort: "run",
    });
    expect(filterOf({})).toEqual({});
  });
});

describe("a list is outdated", () => {
  const failed: ProjectFilter = { standings: ["failed"] };
  const row = { id: makeRun.pending().project_id, latest_run: makeRun.failed() };

  it.each<[string, ProjectFilter, (typeof row)[], boolean, ReturnType<typeof makeRun.failed>, boolean]>([
    ["not by a change of a row that stays", {}, [row], true, makeRun.running({ number: 2 }), false],
    ["by a row that belongs there no more", failed, [row], true, makeRun.running({ number: 2 }), true],
    [
      "not by an older run of a row",
      failed,
      [{ ...row, latest_run: makeRun.failed({ number: 2 }) }],
      true,
      makeRun.completed(),
      false,
    ],
    ["by a project that belongs there now", failed, [], true, makeRun.failed({ number: 7 }), true],
    ["not by one that does not", failed, [], true, makeRun.completed(), false],
    ["not by an end that nobody saw, which is no failure", failed, [], true, makeRun.unknown(), false],
    ["by a new project, although read in part", {}, [], false, makeRun.pending(), true],
    ["not by what may stand further down", {}, [], false, makeRun.running({ number: 7 }), false],
    ["by a newer run where that decides the order", { sort: "run" }, [row], true, makeRun.pending({ number: 2 }), true],
    ["not by that run's further way", { sort: "run" }, [row], true, makeRun.failed(), false],
    ["by a name that is searched for", { search: "NIGHT" }, [], true, makeRun.running(), true],
    ["not by another name", { search: "day" }, [], true, makeRun.running(), false],
    ["by a run that is not well", { attention: true }, [], true, makeRun.running({ health_all: ["silent"] }), true],
    ["not by one that is", { attention: true }, [], true, makeRun.running(), false],
  ])("%s", (_, filter, rows, isWhole, run, outdated) => {
    expect(isOutdatedBy(filter, rows, isWhole, run)).toBe(outdated);
  });
});
