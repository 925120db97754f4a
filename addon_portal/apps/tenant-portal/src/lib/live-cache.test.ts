import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { emptyBatch } from "@/lib/event-batch";
import { keys } from "@/lib/keys";
import { applyBatch, changedProjects, type ListedProjects } from "@/lib/live-cache";
import type { Project } from "@/lib/projects";
import type { Run } from "@/lib/run-words";
import { makeProject, makeRun } from "@/testing/factories";

const ID = makeRun.pending().run_id;
let cache: QueryClient;

const batchOf = (...runs: Run[]) => ({ ...emptyBatch(), runs: new Map(runs.map((run) => [run.run_id, run])) });

beforeEach(() => {
  vi.useFakeTimers();
  cache = new QueryClient();
});

describe("a run that has moved", () => {
  it("is changed wherever it is shown, and keeps its place there", () => {
    const other = makeRun.completed({ run_id: "run_other" });
    cache.setQueryData(keys.run(ID), makeRun.running());
    cache.setQueryData(keys.runList({}), {
      pages: [{ items: [other, makeRun.running()], next_cursor: null }],
      pageParams: [null],
    });
    applyBatch(cache, batchOf(makeRun.failed()));
    expect(cache.getQueryData<Run>(keys.run(ID))?.state).toBe("failed");
    const list = cache.getQueryData<{ pages: { items: Run[] }[] }>(keys.runList({}));
    expect(list?.pages[0]?.items.map((run) => run.state)).toEqual(["completed", "failed"]);
  });

  it("is its project's newest if it is, with the fields that follow from it", () => {
    const project = { id: makeRun.pending().project_id, latest_run: makeRun.failed(), execution_status: "failed" };
    cache.setQueryData(keys.project(project.id), project);
    applyBatch(cache, batchOf(makeRun.running({ run_id: "run_2", number: 2 })));
    expect(cache.getQueryData(keys.project(project.id))).toMatchObject({
      latest_run: { number: 2 },
      execution_status: "running",
      execution_error: null,
    });
    applyBatch(cache, batchOf(makeRun.failed({ restarted_by: "run_2" })));
    expect(cache.getQueryData(keys.project(project.id))).toMatchObject({ latest_run: { number: 2 } });
  });

  it("is not kept where nobody shows it", () => {
    applyBatch(cache, batchOf(makeRun.running()));
    expect(cache.getQueryCache().getAll()).toHaveLength(0);
  });
});

it("what a program says of itself reaches the run, and the size of its output its own place", () => {
  cache.setQueryData(keys.run(ID), makeRun.running());
  const said = { run_id: ID, progress: 0.5, status_text: "half", last_heartbeat_at: null };
  applyBatch(cache, { ...emptyBatch(), progress: new Map([[ID, said]]), logSizes: new Map([[ID, 42]]) });
  expect(cache.getQueryData<Run>(keys.run(ID))).toMatchObject({ state: "running", progress: 0.5, status_text: "half" });
  expect(cache.getQueryData(keys.logSize(ID))).toBe(42);
});

it("counts are asked for once, however much happens meanwhile", () => {
  const ask = vi.spyOn(cache, "invalidateQueries");
  for (let change = 0; change < 50; change++) applyBatch(cache, batchOf(makeRun.running()));
  vi.runAllTimers();
  expect(ask.mock.calls.filter(([filter]) => filter?.queryKey === keys.status)).toHaveLength(1);
});

describe("a list of projects", () => {
  const project = makeProject({ latest_run: makeRun.failed() });
  const other = makeProject({ id: "prj_other" });
  const failed = { standings: ["failed"] } as const;
  const listOf = (...items: Project[]): ListedProjects => ({
    pages: [{ items, next_cursor: null }],
    pageParams: [null],
  });

  it("changes in place and says that a row does not belong there any more", () => {
    const list = changedProjects(listOf(other, project), failed, batchOf(makeRun.running({ number: 2 })));
    expect(list.pages[0]?.items.map(({ execution_status }) => execution_status)).toEqual([null, "running"]);
    expect(list.pages[0]?.items[0]).toBe(other);
    expect(list.isOutdated).toBe(true);
  });

  it("stays outdated whatever comes next, until it is read anew", () => {
    const list = { ...listOf(other), isOutdated: true };
    expect(changedProjects(list, failed, batchOf())).toBe(list);
    expect(changedProjects(listOf(other), failed, batchOf(makeRun.completed())).isOutdated).toBeUndefined();
  });

  it("has the event although an older answer arrives after it", async () => {
    let answer = (_: ListedProjects) => {};
    const older = new Promise<ListedProjects>((resolve) => {
      answer = resolve;
    });
    cache.setQueryData(keys.projectList(failed), listOf());
    const read = cache.fetchQuery({ queryKey: keys.projectList(failed), queryFn: () => older });
    applyBatch(cache, batchOf(makeRun.failed()));
    answer(listOf());
    await read;
    expect(cache.getQueryData<ListedProjects>(keys.projectList(failed))?.isOutdated).toBe(true);
  });
});
