/** What the API found wrong with a project, at the fields of its form. Pure. */
import { problemText, type Schemas } from "@/lib/api";
import type { Errors, FieldName } from "@/lib/project-form";
import { bytesInput, secondsInput } from "@/lib/quantities";

/** Where each field of the API stands in the form; parts of a field stand with it. */
const PLACES: [RegExp, FieldName][] = [
  [/^name$/, "name"],
  [/^command\b/, "command"],
  [/^program$/, "program"],
  [/^parameters\b/, "parameters"],
  [/^env\b/, "variables"],
  [/^working_directory$/, "workingDirectory"],
  [/^limits\.memory_bytes$/, "memory"],
  [/^limits\.cpus$/, "cpus"],
  [/^limits\.pids$/, "pids"],
  [/^log_limit_bytes$/, "logLimit"],
  [/^max_runtime_seconds$/, "maxRuntime"],
  [/^stall_seconds\b/, "stall"],
  [/^stop\.grace_seconds$/, "grace"],
  [/^success_check\.command\b/, "checkCommand"],
  [/^success_check\.output_matches$/, "checkMatches"],
  [/^success_check\.output_lacks$/, "checkLacks"],
  [/^success_check\.timeout_seconds$/, "checkTimeout"],
  [/^success_check\b/, "checkFile"],
  [/^restart_policy\.max_restarts$/, "maxRestarts"],
  [/^restart_policy\.window_seconds$/, "window"],
  [/^restart_policy\.initial_seconds$/, "firstPause"],
  [/^restart_policy\.factor$/, "factor"],
  [/^restart_policy\.max_seconds$/, "longestPause"],
  [/^restart_policy\.jitter$/, "jitter"],
  [/^restart_policy\b/, "restarts"],
  [/^cron$/, "cron"],
  [/^time_zone$/, "timeZone"],
  [/^git$/, "git"],
  [/^ref$/, "ref"],
];

const percentText = (part: number) => `${Number((part * 100).toFixed(6))} %`;

/** Fields that are typed in another unit than the API has. */
const UNITS: Partial<Record<FieldName, (value: number) => string>> = {
  memory: bytesInput,
  logLimit: bytesInput,
  maxRuntime: secondsInput,
  stall: secondsInput,
  grace: secondsInput,
  checkTimeout: secondsInput,
  window: secondsInput,
  firstPause: secondsInput,
  longestPause: secondsInput,
  jitter: percentText,
};

const BOUND = /^a number (greater than or equal to|greater than|less than or equal to|less than) ([\d.e+-]+)$/;
const BOUNDS: Record<string, string> = {
  "greater than or equal to": "at least",
  "greater than": "more than",
  "less than or equal to": "at most",
  "less than": "less than",
};

type Problems = Schemas["Problem"]["problems"];

/** What the API found wrong, at the fields of the form; the rest is for a note above all of them. */
export function placedProblems(problems: Problems): { errors: Errors; others: NonNullable<Problems> } {
  const errors: Errors = {};
  const others: NonNullable<Problems> = [];
  for (const problem of problems ?? []) {
    const place = PLACES.find(([pattern]) => pattern.test(problem.field))?.[1];
    if (!place) others.push(problem);
    else errors[place] ??= `${partOf(problem.field)}${sentenceOf(problem, UNITS[place])}`;
  }
  return { errors, others };
}

/** Bounds in the unit in which they are typed. */
function sentenceOf(
  { expected, got }: { expected: string; got: string },
  textOf = String as (value: number) => string,
) {
  const [, bound, limit] = BOUND.exec(expected) ?? [];
  if (!bound) return problemText({ expected, got });
  const given = Number(got);
  const inUnit = {
    expected: `${BOUNDS[bound]} ${textOf(Number(limit))}`,
    got: Number.isFinite(given) ? textOf(given) : got,
  };
  return problemText(inUnit);
}

/** Of many parameters or variables, the one that is meant. */
function partOf(field: string) {
  const [, part] = /^(?:parameters|env)\.(.+)$/.exec(field) ?? [];
  return part ? `${part}: ` : "";
}
