/** What the API is asked for by the form of a project, and what stands against that already here. Pure. */
import type { Schemas } from "@/lib/api";
import { parseCommand } from "@/lib/command";
import { parseParameters } from "@/lib/parameters";
import {
  type Errors,
  type FieldName,
  type Policy,
  type ProjectForm,
  type ProjectRequest,
  parametersText,
} from "@/lib/project-form";
import { parseBytes, parseNumber, parseSeconds, type Quantity } from "@/lib/quantities";

type Result = { request: ProjectRequest; errors: Errors };

/**
 * What the API is asked for, and what stands against that already here. Parameters that stand as they were read, which
 * is `keptParameters`, are none of its business.
 */
export function requestOf(form: ProjectForm, keptParameters = ""): Result {
  const errors: Errors = {};
  const read = (field: FieldName, { value, problem }: Quantity) => {
    if (problem) errors[field] = problem;
    return value;
  };
  const command = commandIn(form, errors);
  const { parameters, problem } = parseParameters(form.parameters === keptParameters ? "" : form.parameters);
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

/** As a change of what was seen, of which parameters that were not touched are kept. */
export function changeOf(seen: Schemas["ProjectBody"], form: ProjectForm): Schemas["ProjectChange"] {
  const stored = parametersText(seen.parameters);
  const keeps = form.parameters === stored;
  return { ...requestOf(form, stored).request, seen_at: seen.updated_at, keep_parameters: keeps };
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
