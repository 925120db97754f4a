"""`project …`: a tenant's definitions of what can be run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.commands import pushing
from addon_portal.cli.definitions import (
    Env,
    Parameters,
    UnsetEnv,
    changed_definition,
    check_directory,
    env_fields,
    parse_env,
    parse_parameters,
)
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.limits import (
    Cpus,
    LogLimit,
    Memory,
    Pids,
    limits_fields,
    limits_text,
    log_limit_text,
    merged,
)
from addon_portal.cli.lookups import get_project
from addon_portal.cli.options import AsJson, Commands, CommandWithArgv, Data, Key, Url, argv_of, connect, examples
from addon_portal.cli.output import (
    cut,
    print_fields,
    print_json,
    print_line,
    print_table,
    scheduled_text,
    state_text,
    time_text,
)
from addon_portal.cli.restart_policies import RestartPolicy, policy_fields, policy_text
from addon_portal.cli.suggestions import suggest, word_for
from addon_portal.cli.terms import (
    MaxRuntime,
    SignOfLife,
    Stall,
    SuccessCheck,
    Terminal,
    WhenStalled,
    seconds_text,
    terms_fields,
)
from addon_portal.cli.visible import visible

Json = dict[str, Any]

app = typer.Typer(
    help="Projects: definitions of what can be run.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples(
        "addon-portal project create nightly -- python3 etl.py",
        "addon-portal project update nightly --name hourly",
        "addon-portal project list --search night",
    ),
)

Named = Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")]
Program = Annotated[
    str | None, typer.Option("--program", metavar="PROGRAM", help="An operator's program instead of a command.")
]
Cwd = Annotated[
    Path | None, typer.Option("--cwd", metavar="DIR", help="Start there; by default in a workspace of its own.")
]
StopSignal = Annotated[str | None, typer.Option("--stop-signal", metavar="SIGNAL", help="The polite signal: SIGTERM.")]
Grace = Annotated[
    float | None, typer.Option("--grace", min=0, metavar="SECONDS", help="Between polite signal and kill.")
]


@app.command(
    cls=CommandWithArgv,
    epilog=examples(
        "addon-portal project create nightly --cwd /srv/etl -- python3 etl.py --full",
        "addon-portal project create train --memory 2GiB --cpus 1.5 --pids 100 -- python3 train.py",
        "addon-portal project create report --program render --parameters '{\"day\": 7}'",
    ),
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that no other project has.")],
    program: Program = None,
    parameters: Parameters = None,
    env: Env = None,
    cwd: Cwd = None,
    stop_signal: StopSignal = None,
    grace: Grace = None,
    max_runtime: MaxRuntime = None,
    success_check: SuccessCheck = None,
    memory: Memory = None,
    cpus: Cpus = None,
    pids: Pids = None,
    log_limit: LogLimit = None,
    restart_policy: RestartPolicy = None,
    stall: Stall = None,
    on_stall: WhenStalled = None,
    stall_by: SignOfLife = None,
    terminal: Terminal = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a project from a command after --, or from an operator's program."""
    argv = argv_of(ctx)
    if argv is None and program is None:
        raise BadUsage("What is it to run? Give a command after --, or an operator's program with --program.")
    body: Json = {"name": name, **_fields(argv, program, parameters, env, cwd), **_stop(stop_signal, grace, {})}
    body |= terms_fields(max_runtime, success_check, stall, on_stall, stall_by, terminal)
    body |= limits_fields(memory, cpus, pids, log_limit) | policy_fields(restart_policy)
    project = connect(url, key, data).post(path_of("tenant", "projects"), body)
    if as_json:
        print_json(project)
    else:
        run_it = suggest("run", word_for(project["name"], project["id"]))
        print_line(f"Made project {visible(project['name'])} ({project['id']}). Run it with: {run_it}")


@app.command(
    cls=CommandWithArgv,
    epilog=examples(
        "addon-portal project update nightly -- python3 etl.py",
        "addon-portal project update nightly --name hourly",
        "addon-portal project update nightly --max-runtime 6h --log-limit 64MiB",
        "addon-portal project update nightly --env MODE=full --unset-env DEBUG",
        'addon-portal project update nightly --success-check \'{"file": "out.csv", "output_lacks": "ERROR"}\'',
        "addon-portal project update nightly --restart-policy on-failure",
    ),
)
def update(
    ctx: typer.Context,
    project: Named,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="A new name.")] = None,
    program: Program = None,
    parameters: Parameters = None,
    env: Env = None,
    unset_env: UnsetEnv = None,
    cwd: Cwd = None,
    workspace: Annotated[bool, typer.Option("--workspace", help="Start in a workspace of its own again.")] = False,
    stop_signal: StopSignal = None,
    grace: Grace = None,
    max_runtime: MaxRuntime = None,
    success_check: SuccessCheck = None,
    memory: Memory = None,
    cpus: Cpus = None,
    pids: Pids = None,
    log_limit: LogLimit = None,
    restart_policy: RestartPolicy = None,
    stall: Stall = None,
    on_stall: WhenStalled = None,
    stall_by: SignOfLife = None,
    terminal: Terminal = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, keep the rest. Runs that exist keep the definition they ran with.

    --env and --unset-env change single variables; --parameters takes the place of all parameters.
    """
    check_directory(cwd, workspace=workspace)
    client = connect(url, key, data)
    known = get_project(client, project)
    changes = _fields(argv_of(ctx), program, parameters, None, cwd) | _stop(stop_signal, grace, known["stop"])
    terms = terms_fields(max_runtime, success_check, stall, on_stall, stall_by, terminal)
    changes |= merged(terms | limits_fields(memory, cpus, pids, log_limit), known) | policy_fields(restart_policy)
    if name is not None:
        changes["name"] = name
    changes |= env_fields(known, env or [], unset_env or [])
    if workspace:
        changes["working_directory"] = None
    changed = changed_definition(known, **_of_one_kind(changes))
    if changed is not None:
        known = client.put(path_of("tenant", "projects", known["id"]), changed)
    if as_json:
        print_json(known)
    else:
        print_line(f"Project {visible(known['name'])} is at version {known['definition_version']} of its definition.")


def _of_one_kind(changes: Json) -> Json:
    """A command takes the place of a program, and the other way round."""
    if "command" in changes:
        return changes | {"program": None}
    return changes | {"command": None} if "program" in changes else changes


def _fields(
    argv: list[str] | None, program: str | None, parameters: str | None, env: list[str] | None, cwd: Path | None
) -> Json:
    fields: Json = {}
    if argv is not None:
        fields["command"] = argv
    if program is not None:
        fields["program"] = program
    if parameters is not None:
        fields["parameters"] = parse_parameters(parameters)
    if env is not None:
        fields["env"] = parse_env(env)
    if cwd is not None:
        fields["working_directory"] = str(cwd.absolute())
    return fields


def _stop(signal: str | None, grace: float | None, known: Json) -> Json:
    stop = dict(known)
    if signal is not None:
        stop["signal"] = signal
    if grace is not None:
        stop["grace_seconds"] = grace
    return {"stop": stop} if stop != known else {}


@app.command("list", epilog=examples("addon-portal project list", "addon-portal project list --search night --json"))
def list_projects(
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Only names that hold it.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List projects, newest first."""
    projects = list(connect(url, key, data).iter_items(path_of("tenant", "projects"), limit=limit, search=search))
    if as_json:
        print_json(projects)
        return
    print_table(
        ("PROJECT", "ID", "STATE", "COMMAND"),
        ((p["name"], p["id"], state_text(p["latest_run"]), cut(_command_text(p))) for p in projects),
        "There are no such projects.",
    )


@app.command(epilog=examples("addon-portal project show nightly"))
def show(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show a project's definition and how its newest run stands."""
    found = get_project(connect(url, key, data), project)
    if as_json:
        print_json(found)
        return
    print_fields(
        [
            ("project", found["name"]),
            ("id", found["id"]),
            ("command", _command_text(found)),
            ("parameters", found["parameters"]),
            ("env", found["env"]),
            ("directory", found["working_directory"] or "a workspace of its own"),
            ("code", _code_text(found["code"])),
            ("stop", f"{found['stop']['signal']}, then {found['stop']['grace_seconds']} s"),
            ("max runtime", seconds_text(found["max_runtime_seconds"])),
            ("success check", _given(found["success_check"])),
            ("limits", limits_text(found["limits"])),
            ("output", log_limit_text(found["log_limit_bytes"])),
            ("terminal", "both outputs" if found["terminal"] else None),
            ("silence", _silence_text(found)),
            ("definition", f"version {found['definition_version']}, changed {time_text(found['updated_at'])}"),
            ("state", state_text(found["latest_run"])),
            ("error", found["execution_error"]),
            ("started", found["execution_started_at"]),
            ("completed", found["execution_completed_at"]),
            ("restarts", policy_text(found["restart_policy"])),
            ("restart due", scheduled_text(found["scheduled_restart"])),
        ]
    )


@app.command(epilog=examples("addon-portal project delete nightly"))
def delete(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Hide a project. Its runs and their output stay readable by their ids."""
    client = connect(url, key, data)
    found = get_project(client, project)
    client.delete(path_of("tenant", "projects", found["id"]))
    if as_json:
        print_json({"id": found["id"], "name": found["name"], "deleted": True})
        return
    print_line(f"Deleted project {visible(found['name'])}.")


def _code_text(code: Json | None) -> str | None:
    if code is None:
        return None
    origin = f", commit {code['git']['commit'][:12]} of {code['git']['url']}" if code["git"] else ""
    return f"{code['entries']} entries, {code['bytes']} bytes, {code['digest'][:19]}{origin}"


def _silence_text(project: Json) -> str | None:
    if project["stall_seconds"] is None:
        return None
    return f"{seconds_text(project['stall_seconds'])} without {project['stall_by']}, then {project['on_stall']}"


def _given(fields: Json | None) -> Json | None:
    """What is set of an object's fields."""
    return fields and {name: value for name, value in fields.items() if value is not None}


def _command_text(project: Json) -> str:
    import shlex

    return shlex.join(project["command"]) if project["command"] else f"program {project['program']}"


pushing.register(app)
