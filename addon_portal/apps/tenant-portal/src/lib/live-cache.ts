/** How a batch of events changes what is kept: each run where it is shown, lists where they stand, counts read anew. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/lib/api";
import { type Batch, laterOf, withProgress } from "@/lib/event-batch";
import { keys } from "@/lib/keys";
import { isOutdatedBy, type ProjectFilter } from "@/lib/project-filter";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

type Project = Schemas["ProjectBody"];
type RunPages = InfiniteData<Schemas["RunPage"]>;
/** `isOutdated`: read anew, it would have other rows or another order. */
export type ListedProjects = InfiniteData<Schemas["ProjectPage"]> & { isOutdated?: boolean };

/** Counts are not summed up from events, which may come twice: they are asked for, this often at most. */
const COUNTS_EVERY_MS = 500;
const STATS_EVERY_MS = 3_000;
const LAST_LINES_EVERY_MS = 1_000;

export function applyBatch(cache: QueryClient, batch: Batch) {
  if (batch.reset) void cache.invalidateQueries();
  if (batch.host) applyHost(cache, batch.host);
  for (const [id, size] of batch.logSizes) cache.setQueryData(keys.logSize(id), size);
  if (batch.logSizes.size) askForLastLines(cache);
  if (!batch.runs.size && !batch.progress.size) return;
  for (const id of new Set([...batch.runs.keys(), ...batch.progress.keys()])) {
    if (cache.getQueryState(keys.run(id))) cache.setQueryData<Run>(keys.run(id), (run) => changedRun(batch, id, run));
  }
  cache.setQueriesData<RunPages>({ queryKey: keys.runLists }, (pages) => pages && changedPages(pages, batch));
  cache.setQueriesData<Project>(
    { queryKey: [...keys.projects, "one"] },
    (project) => project && changedProject(project, batch),
  );
  applyToProjects(cache, batch);
  cache.setQueryData<Schemas["StatusBody"]>(keys.status, (status) => status && changedStatus(status, batch));
  askForRestarted(cache, batch);
  if (batch.runs.size) askForCounts(cache);
  if ([...batch.runs.values()].some((run) => isFinal(run.state))) askForStats(cache);
}

/** That a run was restarted is told of the new run alone. */
function askForRestarted(cache: QueryClient, batch: Batch) {
  for (const { restart_of } of batch.runs.values()) {
    if (restart_of && cache.getQueryData<Run>(keys.run(restart_of))?.restarted_by === null) {
      void cache.invalidateQueries({ queryKey: keys.run(restart_of), exact: true });
    }
  }
}

function applyHost(cache: QueryClient, host: NonNullable<Batch["host"]>) {
  cache.setQueryData(keys.host, host);
  askForCounts(cache);
}

/** How the run stands after the batch; undefined where it is neither kept nor told whole. */
function changedRun(batch: Batch, id: string, run: Run | undefined): Run | undefined {
  const told = batch.runs.get(id);
  const next = told ? laterOf(run, told) : run;
  return next && withProgress(next, batch);
}

function changed(batch: Batch, run: Run): Run {
  return changedRun(batch, run.run_id, run) ?? run;
}

function changedPages(pages: RunPages, batch: Batch): RunPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: page.items.map((run) => changed(batch, run)) })),
  };
}

function applyToProjects(cache: QueryClient, batch: Batch) {
  for (const query of cache.getQueryCache().findAll({ queryKey: keys.projectLists })) {
    const filter = (query.queryKey[2] ?? {}) as ProjectFilter;
    const apply = () =>
      cache.setQueryData<ListedProjects>(query.queryKey, (list) => list && changedProjects(list, filter, batch));
    apply();
    // An answer that is on its way may be older than the event.
    if (query.state.fetchStatus === "fetching") query.promise?.then(apply, () => undefined);
  }
}

/** Rows change in place. That a list has others by now is only noted: whoever shows it knows when it may move. */
export function changedProjects(list: ListedProjects, filter: ProjectFilter, batch: Batch): ListedProjects {
  const rows = list.pages.flatMap((page) => page.items);
  const isWhole = list.pages.at(-1)?.next_cursor === null;
  const isOutdated =
    list.isOutdated || [...batch.runs.values()].some((run) => isOutdatedBy(filter, rows, isWhole, run));
  const change = (project: Project) => changedProject(project, batch);
  const pages = list.pages.map((page) => ({ ...page, items: page.items.map(change) }));
  const isSame = pages.every((page, at) => page.items.every((item, row) => item === list.pages[at]?.items[row]));
  if (isSame && isOutdated === !!list.isOutdated) return list;
  return { ...list, pages: isSame ? list.pages : pages, ...(isOutdated && { isOutdated }) };
}

/** A project shows its newest run: one that began later takes the place of the one before. */
export function changedProject(project: Project, batch: Batch): Project {
  let latest = project.latest_run && changed(batch, project.latest_run);
  for (const run of batch.runs.values()) {
    if (run.project_id === project.id && run.number > (latest?.number ?? 0)) latest = run;
  }
  return latest && latest !== project.latest_run ? withLatest(project, latest) : project;
}

export function withLatest(project: Project, run: Run): Project {
  return {
    ...project,
    latest_run: run,
    scheduled_restart: run.scheduled_restart,
    execution_status: run.state,
    execution_error: run.execution_error,
    execution_started_at: run.started_at,
    execution_completed_at: run.ended_at ?? run.finished_at,
  };
}

/** Rows change in place, so that nothing moves under a pointer before the new lists are there. */
function changedStatus(status: Schemas["StatusBody"], batch: Batch): Schemas["StatusBody"] {
  const rows = (runs: Run[]) => runs.map((run) => changed(batch, run));
  return { ...status, failed: rows(status.failed), running: rows(status.running), waiting: rows(status.waiting) };
}

/** Asks, but not before a while is over, and once for all that asks meanwhile. */
function throttled(every: number, ask: (cache: QueryClient) => void) {
  const asked = new WeakSet<QueryClient>();
  return (cache: QueryClient) => {
    if (asked.has(cache)) return;
    asked.add(cache);
    setTimeout(() => {
      asked.delete(cache);
      ask(cache);
    }, every);
  };
}

const askForCounts = throttled(COUNTS_EVERY_MS, (cache) => {
  void cache.invalidateQueries({ queryKey: keys.status });
  void cache.invalidateQueries({ queryKey: keys.runLists });
});
const askForStats = throttled(STATS_EVERY_MS, (cache) => void cache.invalidateQueries({ queryKey: keys.stats }));
const askForLastLines = throttled(
  LAST_LINES_EVERY_MS,
  (cache) => void cache.invalidateQueries({ queryKey: keys.growingLines }),
);
