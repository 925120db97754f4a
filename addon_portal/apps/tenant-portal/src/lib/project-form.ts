/** A project as a form has it, all in text, and as the API wants it. Pure; `hooks/use-project-form.ts` keeps it. */
import type { Schemas } from "@/lib/api";
import { commandText, parseCommand } from "@/lib/command";
import { parseParameters } from "@/lib/parameters";
import { bytesInput, parseBytes, parseNumber, parseSeconds, type Quantity, secondsInput } from "@/lib/quantities";

export type ProjectRequest = Schemas["ProjectRequest"];
type Project = Schemas["ProjectBody"];
type Schedule = Schemas["ScheduleBody"];
type Policy = Schemas["RestartPolicyRequest"];

export type Variable = { id: number; name: string; value: string };

export type ProjectForm = {
  name: string;
  kind: "command" | "program";
  command: string;
  program: string;
  parameters: string;
  variables: Variable[];
  code: "keep" | "upload" | "git";
  git: string;
  ref: string;
  workingDirectory: string;
  terminal: boolean;
  memory: string;
  cpus: string;
  pids: string;
  logLimit: string;
  maxRuntime: string;
  stall: string;
  onStall: ProjectRequest["on_stall"];
  stallBy: ProjectRequest["stall_by"];
  signal: Schemas["StopSettingsRequest"]["signal"];
  grace: string;
  checkCommand: string;
  checkFile: string;
  checkMatches: string;
  checkLacks: string;
  checkTimeout: string;
  restarts: Policy["mode"];
  maxRestarts: string;
  window: string;
  firstPause: string;
  factor: string;
  longestPause: string;
  jitter: string;
  afterUnknown: boolean;
  /** Not asked for here, and kept as they are. */
  reasons: Policy["reasons"];
  isScheduled: boolean;
  cron: string;
  timeZone: string;
  whenRunning: Schemas["ScheduleRequest"]["when_running"];
  whenMissed: Schemas["ScheduleRequest"]["when_missed"];
};

export type FieldName = keyof ProjectForm;
export type Errors = Partial<Record<FieldName, string>>;

export function emptyForm(timeZone: string): ProjectForm {
  return {
    name: "",
    kind: "command",
    command: "",
    program: "",
    parameters: "",
    variables: [],
    code: "keep",
    git: "",
    ref: "HEAD",
    workingDirectory: "",
    terminal: false,
    memory: "",
    cpus: "",
    pids: "",
    logLimit: "",
    maxRuntime: "",
    stall: "",
    onStall: "warn",
    stallBy: "heartbeat",
    signal: "SIGTERM",
    grace: "",
    checkCommand: "",
    checkFile: "",
    checkMatches: "",
    checkLacks: "",
    checkTimeout: "1 min",
    restarts: "never",
    maxRestarts: "3",
    window: "",
    firstPause: "1 s",
    factor: "2",
    longestPause: "5 min",
    jitter: "20",
    afterUnknown: false,
    reasons: null,
    isScheduled: false,
    cron: "0 3 * * *",
    timeZone,
    whenRunning: "skip",
    whenMissed: "skip",
  };
}

/** What is stored, as it would have been typed. */
export function formOf(project: Project, schedule: Schedule | null, timeZone: string): ProjectForm {
  const empty = emptyForm(timeZone);
  const { limits, stop, success_check: check, restart_policy: policy, parameters } = project;
  return {
    ...empty,
    name: project.name,
    kind: project.program ? "program" : "command",
    command: project.command ? commandText(project.command) : "",
    program: project.program ?? "",
    parameters: Object.keys(parameters).length ? JSON.stringify(parameters, null, 2) : "",
    variables: Object.entries(project.env).map(([name, value], id) => ({ id, name, value })),
    workingDirectory: project.working_directory ?? "",
    terminal: project.terminal,
    memory: bytesInput(limits.memory_bytes),
    cpus: numberInput(limits.cpus),
    pids: numberInput(limits.pids),
    logLimit: bytesInput(project.log_limit_bytes),
    maxRuntime: secondsInput(project.max_runtime_seconds),
    stall: secondsInput(project.stall_seconds),
    onStall: project.on_stall,
    stallBy: project.stall_by,
    signal: stop.signal as ProjectForm["signal"],
    grace: secondsInput(stop.grace_seconds),
    checkCommand: check?.command ? commandText(check.command) : "",
    checkFile: check?.file ?? "",
    checkMatches: check?.output_matches ?? "",
    checkLacks: check?.output_lacks ?? "",
    checkTimeout: check ? secondsInput(check.timeout_seconds) : empty.checkTimeout,
    ...(policy && {
      restarts: policy.mode,
      maxRestarts: String(policy.max_restarts),
      window: secondsInput(policy.window_seconds),
      firstPause: secondsInput(policy.initial_seconds),
      factor: String(policy.factor),
      longestPause: secondsInput(policy.max_seconds),
      jitter: percentInput(policy.jitter),
      afterUnknown: policy.unknown,
      reasons: policy.reasons as Policy["reasons"],
    }),
    ...(schedule && {
      isScheduled: true,
      cron: schedule.cron,
      timeZone: schedule.time_zone,
      whenRunning: schedule.when_running,
      whenMissed: schedule.when_missed,
    }),
  };
}

const numberInput = (value: number | null) => (value === null ? "" : String(value));
const percentInput = (part: number) => String(Number((part * 100).toFixed(6)));

type Result = { request: ProjectRequest; errors: Errors };

/** What the API is asked for, and what stands against that already here. */
export function requestOf(form: ProjectForm): Result {
  const errors: Errors = {};
  const read = (field: FieldName, { value, problem }: Quantity) => {
    if (problem) errors[field] = problem;
    return value;
  };
  const command = commandIn(form, errors);
  const { parameters, problem } = parseParameters(form.parameters);
  if (problem) errors.parameters = problem;
  if (!form.name.trim()) errors.name = "A project needs a name.";
  if (form.kind === "program" && !form.program) errors.program = "Choose a program.";
  const stall = read("stall", parseSeconds(form.stall));
  const request: ProjectRequest = {
    name: form.name.trim(),
    ...(form.kind === "command" ? { command } : { program: form.program }),
    parameters: parameters ?? {},
    env: environmentIn(form, errors),
    working_directory: form.workingDirectory.trim() || null,
    stop: { signal: form.signal, grace_seconds: read("grace", parseSeconds(form.grace)) },
    max_runtime_seconds: read("maxRuntime", parseSeconds(form.maxRuntime)),
    success_check: checkIn(form, errors),
    limits: {
      memory_bytes: read("memory", parseBytes(form.memory)),
      cpus: read("cpus", parseNumber(form.cpus)),
      pids: read("pids", parseNumber(form.pids, { isWhole: true })),
    },
    log_limit_bytes: read("logLimit", parseBytes(form.logLimit)),
    terminal: form.terminal,
    stall_seconds: stall,
    // Without a length of silence neither means anything, and the API says so.
    on_stall: stall === null ? "warn" : form.onStall,
    stall_by: stall === null ? "heartbeat" : form.stallBy,
    restart_policy: policyIn(form, read),
  };
  if (form.code === "git" && !form.git.trim()) errors.git = "The address of a repository is missing.";
  if (form.isScheduled && !form.cron.trim()) errors.cron = "Say when, such as 0 3 * * * for every night at three.";
  return { request, errors };
}

function commandIn(form: ProjectForm, errors: Errors): string[] {
  const { command, problem } = parseCommand(form.command);
  if (problem && form.kind === "command") errors.command = problem;
  return command;
}

function environmentIn(form: ProjectForm, errors: Errors): Record<string, string> {
  const filled = form.variables.filter(({ name, value }) => name.trim() || value);
  const names = filled.map(({ name }) => name.trim());
  if (names.includes("")) errors.variables = "A value has no name.";
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) errors.variables = `${twice} stands there twice.`;
  return Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value]));
}

function checkIn(form: ProjectForm, errors: Errors): Schemas["SuccessCheckRequest"] | null {
  const { checkCommand, checkFile, checkMatches, checkLacks } = form;
  if (![checkCommand, checkFile, checkMatches, checkLacks].some((text) => text.trim())) return null;
  const { command, problem } = parseCommand(checkCommand);
  if (checkCommand.trim() && problem) errors.checkCommand = problem;
  const timeout = parseSeconds(form.checkTimeout);
  if (timeout.problem) errors.checkTimeout = timeout.problem;
  return {
    command: checkCommand.trim() ? command : null,
    file: checkFile.trim() || null,
    output_matches: checkMatches || null,
    output_lacks: checkLacks || null,
    timeout_seconds: timeout.value ?? 60,
  };
}

function policyIn(form: ProjectForm, read: (field: FieldName, quantity: Quantity) => number | null): Policy | null {
  if (form.restarts === "never") return null;
  const orElse = (field: FieldName, quantity: Quantity, otherwise: number) => read(field, quantity) ?? otherwise;
  return {
    mode: form.restarts,
    max_restarts: orElse("maxRestarts", parseNumber(form.maxRestarts, { isWhole: true }), 3),
    window_seconds: read("window", parseSeconds(form.window)),
    initial_seconds: orElse("firstPause", parseSeconds(form.firstPause), 1),
    factor: orElse("factor", parseNumber(form.factor), 2),
    max_seconds: orElse("longestPause", parseSeconds(form.longestPause), 300),
    jitter: orElse("jitter", parseNumber(form.jitter), 20) / 100,
    reasons: form.reasons ?? null,
    unknown: form.afterUnknown,
  };
}

export function scheduleOf(form: ProjectForm): Schemas["ScheduleRequest"] {
  const { cron, timeZone, whenRunning, whenMissed } = form;
  return {
    cron: cron.trim(),
    time_zone: timeZone,
    when_running: whenRunning,
    when_missed: whenMissed,
    dry_run: false,
  };
}

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

type Problems = Schemas["Problem"]["problems"];

/** What the API found wrong, at the fields of the form; the rest is for a note above all of them. */
export function placedProblems(problems: Problems): { errors: Errors; others: NonNullable<Problems> } {
  const errors: Errors = {};
  const others: NonNullable<Problems> = [];
  for (const problem of problems ?? []) {
    const place = PLACES.find(([pattern]) => pattern.test(problem.field))?.[1];
    if (!place) others.push(problem);
    else errors[place] ??= `${partOf(problem.field)}Expected ${problem.expected}, got ${problem.got}.`;
  }
  return { errors, others };
}

/** Of many parameters or variables, the one that is meant. */
function partOf(field: string) {
  const [, part] = /^(?:parameters|env)\.(.+)$/.exec(field) ?? [];
  return part ? `${part}: ` : "";
}
