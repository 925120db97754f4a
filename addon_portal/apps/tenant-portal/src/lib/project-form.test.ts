import { describe, expect, it } from "vitest";
import type { Schemas } from "@/lib/api";
import { placedProblems } from "@/lib/form-problems";
import { emptyForm, formOf, type ProjectForm } from "@/lib/project-form";
import { changeOf, requestOf, scheduleOf } from "@/lib/project-request";
import { makeProject } from "@/testing/factories";

const EMPTY = emptyForm("Europe/Berlin");
const LEAST: ProjectForm = { ...EMPTY, name: " nightly ", command: "python3 etl.py 'a b'" };

const FULL = makeProject({
  command: ["sh", "-c", "echo 'ä'; exit 3", ""],
  parameters: { day: 7, deep: { list: [1, null, "ü"] } },
  env: { LANG: "C.UTF-8", EMPTY: "", MULTI: "a=b" },
  working_directory: "/srv/etl",
  stop: { signal: "SIGINT", grace_seconds: 2.5 },
  max_runtime_seconds: 21_600,
  stall_seconds: 300,
  on_stall: "restart",
  stall_by: "either",
  success_check: {
    command: ["./verify", "ü b"],
    file: "out.csv",
    output_matches: "^done ",
    output_lacks: null,
    timeout_seconds: 0.5,
  },
  limits: { memory_bytes: 1_500_000_001, cpus: 1.5, pids: 100 },
  log_limit_bytes: 0,
  terminal: true,
  restart_policy: {
    mode: "on-failure",
    max_restarts: 5,
    window_seconds: 3600,
    initial_seconds: 0,
    factor: 1.5,
    max_seconds: 600,
    jitter: 0.07,
    reasons: ["exit_code"],
    unknown: true,
  },
});

describe("what the portal is asked for", () => {
  it("is the least that was said", () => {
    const { request, errors } = requestOf(LEAST);
    expect(errors).toEqual({});
    expect(request).toMatchObject({ name: "nightly", command: ["python3", "etl.py", "a b"], env: {}, parameters: {} });
    expect(request).toMatchObject({ success_check: null, restart_policy: null, max_runtime_seconds: null });
    expect(request.limits).toEqual({ memory_bytes: null, cpus: null, pids: null });
  });

  it("is what is stored where nothing was changed", () => {
    const { request, errors } = requestOf(formOf(FULL, null, "UTC"));
    expect(errors).toEqual({});
    for (const [field, value] of Object.entries(request)) {
      expect([field, value]).toEqual([field, FULL[field as keyof typeof FULL]]);
    }
  });

  it("has a program instead of a command, never both", () => {
    const { request, errors } = requestOf({ ...LEAST, kind: "program", program: "prg_1" });
    expect(errors).toEqual({});
    expect(request.program).toBe("prg_1");
    expect("command" in request).toBe(false);
  });

  it("says nothing of silence where there is no length of it", () => {
    const { request } = requestOf({ ...LEAST, onStall: "restart", stallBy: "either" });
    expect(request).toMatchObject({ stall_seconds: null, on_stall: "warn", stall_by: "heartbeat" });
  });

  it("leaves out variables that were never filled in", () => {
    const variables = [
      { id: 0, name: "", value: "" },
      { id: 1, name: " A ", value: " x " },
    ];
    expect(requestOf({ ...LEAST, variables }).request.env).toEqual({ A: " x " });
  });
});

describe("parameters that JavaScript holds as others", () => {
  const stored = makeProject({ parameters: JSON.parse('{"id": 9007199254740993}') });
  const form = formOf(stored, null, "UTC");

  it("are kept by a change of something else", () => {
    expect(requestOf({ ...form, name: "other" }, form.parameters).errors).toEqual({});
    const change = changeOf(stored, { ...form, name: "other" });
    expect(change).toMatchObject({ name: "other", keep_parameters: true, seen_at: stored.updated_at });
    expect(JSON.stringify(change)).not.toContain("90071992547409");
  });

  it("are refused once they were touched, and sent where they can be", () => {
    expect(requestOf({ ...form, parameters: `${form.parameters} ` }, form.parameters).errors.parameters).toBeTruthy();
    const changed = changeOf(stored, { ...form, parameters: '{"id": 1}' });
    expect(changed).toMatchObject({ parameters: { id: 1 }, keep_parameters: false });
    expect(changeOf(stored, { ...form, parameters: "" })).toMatchObject({ parameters: {}, keep_parameters: false });
  });
});

describe("what is wrong is told at its field", () => {
  const twice = [
    { id: 0, name: "A", value: "1" },
    { id: 1, name: "A ", value: "2" },
  ];
  it.each<[Partial<ProjectForm>, (keyof ProjectForm)[]]>([
    [{ name: " " }, ["name"]],
    [{ command: "" }, ["command"]],
    [{ command: "echo 'x" }, ["command"]],
    [{ kind: "program" }, ["program"]],
    [{ parameters: "[1]" }, ["parameters"]],
    [{ variables: twice }, ["variables"]],
    [{ variables: [{ id: 0, name: "", value: "x" }] }, ["variables"]],
    [{ memory: "much", maxRuntime: "long" }, ["maxRuntime", "memory"]],
    [{ pids: "1.5" }, ["pids"]],
    [{ checkFile: "x", checkTimeout: "soon" }, ["checkTimeout"]],
    [{ restarts: "always", factor: "x" }, ["factor"]],
    [{ factor: "x" }, []],
    [{ code: "git" }, ["git"]],
    [{ isScheduled: true, cron: " " }, ["cron"]],
  ])("%j", (part, fields) => {
    expect(Object.keys(requestOf({ ...LEAST, ...part }).errors).sort()).toEqual(fields);
  });
});

describe("what the portal found wrong", () => {
  const problem = (field: string) => ({ field, expected: "this", got: "that" });

  it("stands at the field that is meant, the first of each", () => {
    const fields = ["limits.memory_bytes", "command[2]", "success_check", "restart_policy.factor", "cron", "name"];
    const { errors, others } = placedProblems([...fields.map(problem), problem("name")]);
    expect(Object.keys(errors)).toEqual(["memory", "command", "checkFile", "factor", "cron", "name"]);
    expect(errors.memory).toBe("Expected this, got that.");
    expect(others).toEqual([]);
  });

  it.each([
    ["limits.memory_bytes", "greater than or equal to 1048576", "2048", "memory", "at least 1 MiB, got 2 KiB"],
    ["stall_seconds", "less than or equal to 31622400", "31622401.5", "stall", "at most 366 d, got 366 d 1.5 s"],
    ["max_runtime_seconds", "greater than or equal to 0.1", "0.05", "maxRuntime", "at least 100 ms, got 50 ms"],
    ["restart_policy.window_seconds", "greater than 0", "0.0", "window", "more than 0 s, got 0 s"],
    ["restart_policy.jitter", "less than or equal to 1", "1.2", "jitter", "at most 100 %, got 120 %"],
    ["limits.pids", "greater than or equal to 1", "0", "pids", "at least 1, got 0"],
    ["limits.cpus", "less than or equal to 4096", "a huge number", "cpus", "at most 4096, got a huge number"],
  ] as const)("says the bounds of %s in its own unit", (field, bound, got, place, words) => {
    const { errors } = placedProblems([{ field, expected: `a number ${bound}`, got }]);
    expect(errors[place]).toBe(`Expected ${words}.`);
  });

  it("names the one of many parameters or variables", () => {
    const { errors } = placedProblems([problem("parameters.day"), problem("env.A")]);
    expect(errors).toEqual({
      parameters: "day: Expected this, got that.",
      variables: "A: Expected this, got that.",
    });
  });

  it("is kept where the form has no place for it", () => {
    expect(placedProblems([problem("seen_at")])).toEqual({ errors: {}, others: [problem("seen_at")] });
  });
});

it("a schedule comes back as it was", () => {
  const schedule = { cron: "@daily", time_zone: "Asia/Tokyo", when_running: "queue", when_missed: "run_once" } as const;
  const form = formOf(FULL, schedule as Schemas["ScheduleBody"], "UTC");
  expect(form.isScheduled).toBe(true);
  expect(scheduleOf(form)).toEqual({ ...schedule, dry_run: false });
});
