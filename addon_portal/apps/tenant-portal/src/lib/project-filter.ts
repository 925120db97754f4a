/** Which projects a list shows and in which order: as the address of the page has it, and whether a run belongs in. Pure. */
import type { Schemas } from "@/lib/api";
import type { Run } from "@/lib/run-words";
import { type Look, lookOf, STATES } from "@/lib/states";

export type Standing = Schemas["Standing"];
export type ProjectSort = Schemas["ProjectSort"];

export type ProjectFilter = {
  search?: string;
  standings?: readonly Standing[];
  attention?: true;
  sort?: ProjectSort;
};

/** The search part of the address: short words, and nothing where nothing is chosen. */
export type ProjectsSearch = { q?: string; state?: string; attention?: true; sort?: ProjectSort };

/** What can be chosen, in this order; what says the same to people is one choice. */
export const CHOICES = {
  running: { word: "Running", standings: ["running", "starting"], look: STATES.running },
  waiting: { word: "Waiting", standings: ["pending"], look: STATES.pending },
  stopping: { word: "Stopping", standings: ["stopping"], look: STATES.stopping },
  failed: { word: "Failed", standings: ["failed"], look: STATES.failed },
  unknown: { word: "Outcome unknown", standings: ["unknown"], look: lookOf({ state: "failed", outcome: "unknown" }) },
  completed: { word: "Completed", standings: ["completed"], look: STATES.completed },
  stopped: { word: "Stopped", standings: ["cancelled"], look: STATES.cancelled },
  never: { word: "Never run", standings: ["never_run"], look: lookOf(null) },
} as const satisfies Record<string, { word: string; standings: readonly Standing[]; look: Look }>;

export type StateChoice = keyof typeof CHOICES;
export const STATE_CHOICES = Object.keys(CHOICES) as StateChoice[];

export const SORTS: Record<ProjectSort, string> = {
  created: "Newest project",
  name: "Name",
  changed: "Last change",
  run: "Newest run",
};

const LONGEST_SEARCH = 200;

/** Whatever stands in an address, as a search that means something; what does not is left out. */
export function projectsSearch(raw: Record<string, unknown>): ProjectsSearch {
  const chosen = choicesOf({ state: typeof raw.state === "string" ? raw.state : "" });
  // What reads as a number arrives as one.
  const q = typeof raw.q === "number" ? String(raw.q) : raw.q;
  const sort = typeof raw.sort === "string" && Object.hasOwn(SORTS, raw.sort) ? (raw.sort as ProjectSort) : "created";
  return {
    ...(typeof q === "string" && q.trim() && { q: q.slice(0, LONGEST_SEARCH) }),
    ...(chosen.length && { state: chosen.join(",") }),
    ...(raw.attention === true && { attention: true }),
    ...(sort !== "created" && { sort }),
  };
}

export function choicesOf({ state = "" }: Pick<ProjectsSearch, "state">): StateChoice[] {
  const named = new Set(state.split(","));
  return STATE_CHOICES.filter((choice) => named.has(choice));
}

/** The search with one choice more or less. */
export function withChoice(search: ProjectsSearch, choice: StateChoice): ProjectsSearch {
  const chosen = choicesOf(search);
  const next = chosen.includes(choice) ? chosen.filter((each) => each !== choice) : [...chosen, choice];
  return projectsSearch({ ...search, state: next.join(",") });
}

export function filterOf(search: ProjectsSearch): ProjectFilter {
  const standings = choicesOf(search).flatMap((choice): readonly Standing[] => CHOICES[choice].standings);
  const q = search.q?.trim();
  return {
    ...(q && { search: q }),
    ...(standings.length && { standings }),
    ...(search.attention && { attention: true }),
    ...(search.sort && { sort: search.sort }),
  };
}

export const isNarrowed = ({ search, standings, attention }: ProjectFilter) => !!(search || standings || attention);

export function standingOf(run: Pick<Run, "state" | "outcome"> | null): Standing {
  if (!run) return "never_run";
  return run.outcome === "unknown" ? "unknown" : run.state;
}

const TROUBLES = new Set(["silent", "overdue", "unsupervised"]);

/** Whether a project with this newest run belongs into the list, as far as a page can tell. */
export function belongs(filter: ProjectFilter, run: Run): boolean {
  const { search, standings, attention } = filter;
  if (search && !run.project_name.toLowerCase().includes(search.toLowerCase())) return false;
  if (standings && !standings.includes(standingOf(run))) return false;
  return !attention || run.state === "failed" || run.health_all.some((health) => TROUBLES.has(health));
}

type Listed = { id: string; latest_run: Pick<Run, "number"> | null };

/** Whether a run that has moved means that the list, read anew, would have other rows or another order. */
export function isOutdatedBy(filter: ProjectFilter, rows: readonly Listed[], isWhole: boolean, run: Run): boolean {
  const row = rows.find(({ id }) => id === run.project_id);
  if (row) {
    if ((row.latest_run?.number ?? 0) > run.number) return false;
    const isNewer = run.number > (row.latest_run?.number ?? 0);
    return !belongs(filter, run) || (filter.sort === "run" && isNewer);
  }
  if (!belongs(filter, run)) return false;
  // Of a list that is read in part, what is missing may stand further down; a first run tells of a new project.
  return isWhole || filter.sort === "run" || !!filter.standings || !!filter.attention || run.number === 1;
}
