/** A project as a form has it, all in text. Pure; `hooks/use-project-form.ts` keeps it, `project-request.ts` reads it. */
import type { Schemas } from "@/lib/api";
import { commandText } from "@/lib/command";
import { bytesInput, secondsInput } from "@/lib/quantities";

export type ProjectRequest = Schemas["ProjectRequest"];
type Project = Schemas["ProjectBody"];
type Schedule = Schemas["ScheduleBody"];
export type Policy = Schemas["RestartPolicyRequest"];

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
    parameters: parametersText(parameters),
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

/** Numbers that JavaScript cannot hold are others already here: what stands as it was read is not sent back. */
export const parametersText = (parameters: Project["parameters"]) =>
  Object.keys(parameters).length ? JSON.stringify(parameters, null, 2) : "";

const numberInput = (value: number | null) => (value === null ? "" : String(value));
const percentInput = (part: number) => String(Number((part * 100).toFixed(6)));
