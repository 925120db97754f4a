import { expect, it } from "vitest";
import { archiveAddress, fileAddress, filesQuery, projectSearch, stepsOf } from "@/lib/project-files";
import { countsText, lastText } from "@/lib/schedule-words";
import { makeProject, makeRun } from "@/testing/factories";

it("a path is walked step by step", () => {
  expect(stepsOf("a/b c/d")).toEqual(["a", "a/b c", "a/b c/d"]);
  expect(stepsOf("")).toEqual([]);
});

it("files are read anew when the run begins, since before it may have no workspace, and when it ends", () => {
  const runs = [makeRun.pending(), makeRun.running(), makeRun.completed()];
  const read = runs.map((latest_run) => JSON.stringify(filesQuery(makeProject({ latest_run }), "").queryKey));
  expect(new Set(read).size).toBe(3);
});

it("names that mean something in an address do not there", () => {
  expect(fileAddress("prj_1", "a b/c?d#e%.csv")).toBe("/api/tenant/projects/prj_1/files/a%20b/c%3Fd%23e%25.csv");
  expect(archiveAddress("prj_1", "a&b")).toBe("/api/tenant/projects/prj_1/archive?path=a%26b");
  expect(archiveAddress("prj_1", "")).toBe("/api/tenant/projects/prj_1/archive");
});

it.each([
  [{ path: "/a//b/" }, { path: "a/b" }],
  [{ path: ".hidden/..x" }, { path: ".hidden/..x" }],
  [{ path: "a/../b" }, {}],
  [{ path: "." }, {}],
  [{ path: 7 }, {}],
  [{}, {}],
])("the address names a directory inside of the workspace: %j", (raw, search) => {
  expect(projectSearch(raw)).toEqual(search);
});

it("a schedule tells what happened, and not what did not", () => {
  const never = { started: 0, skipped: 0, missed: 0, refused: 0, last: null };
  expect(countsText(never)).toBe("It has made no run yet.");
  expect(countsText({ ...never, started: 1, missed: 2 })).toBe(
    "It has made 1 run; 2 times missed because nobody was there.",
  );
  expect(lastText(never)).toBeNull();
  const last = { at: "", due_at: "", run_id: null, result: "refused", why: "own commands are not allowed." } as const;
  expect(lastText({ ...never, last })).toBe("refused: own commands are not allowed.");
});
