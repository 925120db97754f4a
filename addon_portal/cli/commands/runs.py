"""`run`, `restart`, `stop`, `wait`: asking for things to happen to programs, and seeing them end."""

import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.definitions import (
    Env,
    Parameters,
    changed_definition,
    check_directory,
    check_run_request,
    parse_env,
    parse_parameters,
)
from addon_portal.cli.errors import BadUsage, Refused
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.following import follow_output, teller, wait_for_end
from addon_portal.cli.limits import Cpus, LogLimit, Memory, Pids, limits_fields, merged
from addon_portal.cli.lookups import find_project, get_project, get_run
from addon_portal.cli.options import AsJson, CommandWithArgv, Data, Key, Url, argv_of, connect, examples
from addon_portal.cli.outcomes import exit_code_of, is_final, sentence_of
from addon_portal.cli.output import forget_stdout, hint, print_json, print_line
from addon_portal.cli.suggestions import suggest, word_for
from addon_portal.cli.terms import MaxRuntime, SignOfLife, Stall, SuccessCheck, Terminal, WhenStalled, terms_fields
from addon_portal.cli.visible import visible
from addon_portal.domain.clock import SystemClock, from_text

Json = dict[str, Any]

Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note for people, kept with the run.")]


class WhichDefinition(StrEnum):
    """What a restart runs."""

    PINNED = "pinned"
    LATEST = "latest"


class WhichWorkspace(StrEnum):
    """Where a restart begins."""

    KEEP = "keep"
    CLEAN = "clean"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        cls=CommandWithArgv,
        epilog=examples(
            "addon-portal run --name hello -- sh -c 'echo hello'   # make it, run it, follow it",
            "addon-portal run hello                                # run it again as it is",
            "addon-portal run hello --detach --json",
            "addon-portal run --name train --env CUDA_VISIBLE_DEVICES=0 -- python3 train.py",
        ),
    )(run)
    app.command(
        epilog=examples(
            "addon-portal restart nightly",
            "addon-portal restart nightly --stop-first",
            "addon-portal restart nightly --definition latest --workspace clean --follow",
            "addon-portal restart nightly --run-id run_01k7qz9t3v5x8y2m4n6p0r1s2a --note 'after the disk was changed'",
        )
    )(restart)
    app.command(
        epilog=examples(
            "addon-portal stop nightly",
            "addon-portal stop nightly --grace 60 --wait",
            "addon-portal stop nightly --grace 0      # also for one that is being stopped: kill it now",
        )
    )(stop)
    app.command(
        epilog=examples("addon-portal wait nightly && echo succeeded", "addon-portal wait nightly --timeout 600 --json")
    )(wait)


def run(
    ctx: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="PROJECT", help="Name or id.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The same as PROJECT.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Do not follow; print the run's id.")] = False,
    cwd: Annotated[
        Path | None, typer.Option("--cwd", metavar="DIR", help="Start a new command there; by default here.")
    ] = None,
    workspace: Annotated[
        bool, typer.Option("--workspace", help="Start in a directory that the portal makes for the project.")
    ] = False,
    env: Env = None,
    parameters: Parameters = None,
    note: Note = None,
    max_runtime: MaxRuntime = None,
    success_check: SuccessCheck = None,
    memory: Memory = None,
    cpus: Cpus = None,
    pids: Pids = None,
    log_limit: LogLimit = None,
    stall: Stall = None,
    on_stall: WhenStalled = None,
    stall_by: SignOfLife = None,
    terminal: Terminal = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Run a project and follow its output; ends with the program's exit code.

    With a command after -- the project is made if there is none of that name, or given this command if it has another.
    It then starts in the current directory when the portal is on this machine, else in a workspace of its own.

    The program's output, both streams as one, goes to standard output byte for byte; everything else to standard error.
    Ctrl-C stops following, not the run. With --json the run is printed when it is final instead of its output.
    """
    client, argv = connect(url, key, data), argv_of(ctx)
    called = _called(project, name)
    check_directory(cwd, workspace=workspace)
    body = _run_body(env, parameters, note)
    if argv is not None and body:
        check_run_request(body)
    terms = terms_fields(max_runtime, success_check, stall, on_stall, stall_by, terminal)
    terms |= limits_fields(memory, cpus, pids, log_limit)
    defined = _define(client, called, argv, cwd, terms, workspace=workspace)
    started = client.post(path_of("tenant", "projects", defined["id"], "run"), body)
    _show_or_follow(client, started, follow=not detach, as_json=as_json)


def _called(project: str | None, name: str | None) -> str:
    """Which project is meant. Raises BadUsage."""
    if project is not None and name is not None and project != name:
        raise BadUsage(f"The project is called {project!r} and {name!r}. Give one name.")
    if not (project or name):
        raise BadUsage("Which project? Give its name, and after -- a command if it is new.")
    return project or name or ""


def _run_body(env: list[str] | None, parameters: str | None, note: str | None) -> Json:
    """What was given for this run alone."""
    body: Json = {}
    if env:
        body["env"] = parse_env(env)
    if parameters is not None:
        body["parameters"] = parse_parameters(parameters)
    if note is not None:
        body["note"] = note
    return body


def _define(
    client: PortalClient, called: str, argv: list[str] | None, cwd: Path | None, terms: Json, *, workspace: bool
) -> Json:
    """The project as it is to be run: made, changed or as it is."""
    project = find_project(client, called)
    if argv is None:
        if cwd is not None or workspace or terms:
            options = "--cwd, --workspace, --max-runtime, --success-check, --stall, --memory, --cpus, --pids, --tty"
            raise BadUsage(f"{options} and --log-limit belong to a new command. Give it after --, or: project update")
        return project or get_project(client, called)
    if not argv:
        raise BadUsage("There is no command after --.")
    chosen = workspace or cwd is not None
    directory = None if workspace else str(cwd.absolute()) if cwd else _here(client)
    if project is None:
        body = {"name": called, "command": argv, "working_directory": directory, **terms}
        return client.post(path_of("tenant", "projects"), body)
    terms = merged(terms, project)
    changes = {"command": argv, "program": None, "working_directory": directory, **terms}
    if project["command"] == argv and not chosen:
        if project["working_directory"] not in (None, directory):
            hint(f"It starts in {project['working_directory']}, as defined. Start it here with --cwd .")
        changes = terms
    changed = changed_definition(project, **changes)
    if changed is None:
        return project
    hint(f"Project {project['name']!r} gets a new version of its definition.")
    return client.put(path_of("tenant", "projects", project["id"]), changed)


def _here(client: PortalClient) -> str | None:
    return str(Path.cwd()) if client.address.is_this_machine else None


def _show_or_follow(client: PortalClient, started: Json, *, follow: bool, as_json: bool) -> None:
    """Print the accepted run, or stay with it to its end and leave with its code."""
    scheduled = started["scheduled_restart"]
    if not follow:
        if as_json:
            print_json(started)
        else:
            print_line((scheduled or started)["run_id"])
        raise typer.Exit(ExitCode.OK)
    if scheduled is not None:
        started = _wait_for_replacement(client, started)
    run_id = started["run_id"]
    if sys.stderr.isatty():
        name = visible(started["project_name"])
        hint(f"Run {run_id} (number {started['number']} of {name}). Ctrl-C stops following only.")
    try:
        if as_json:
            final = wait_for_end(client.address, run_id)
        else:
            final = follow_output(client.address, run_id, _write_through, on_dropped=teller(client, run_id))
    except KeyboardInterrupt:
        _leave(started)
    except BrokenPipeError:
        forget_stdout()
        hint(f"Nobody reads the output any more; run {run_id} goes on.")
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    except OSError as error:
        forget_stdout()
        hint(f"The output cannot be written here ({error.strerror}); run {run_id} goes on.")
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    finish(client, final, as_json=as_json)


def _leave(run: Json) -> NoReturn:
    """End at Ctrl-C, which is not meant for the run."""
    hint(f"\nNo longer following; run {run['run_id']} goes on.")
    hint(f"Follow it with: {suggest('logs', '-f', run['run_id'])}")
    hint(f"Stop it with:   {suggest('stop', word_for(run['project_name'], run['project_id']))}")
    raise typer.Exit(ExitCode.NOT_FINISHED) from None


def _wait_for_replacement(client: PortalClient, stopping: Json) -> Json:
    """The run that follows one that is being stopped. Raises Refused when its restart was called off."""
    hint(f"Run {stopping['run_id']} is asked to end first.")
    try:
        ended = wait_for_end(client.address, stopping["run_id"])
    except KeyboardInterrupt:
        hint(f"\nNo longer waiting; run {stopping['scheduled_restart']['run_id']} is made all the same.")
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    if ended["restarted_by"] is None:
        detail = f"The restart was called off. See why with: {suggest('show', ended['run_id'])}"
        raise Refused({"code": "restart_called_off", "detail": detail})
    return client.get(path_of("tenant", "runs", ended["restarted_by"]))


def finish(client: PortalClient, final: Json, *, as_json: bool) -> None:
    """Show a final run and leave with its code."""
    code = exit_code_of(final, find_start_error(client, final))
    if as_json:
        print_json(final)
    elif code != ExitCode.OK:
        hint(f"addon-portal: {sentence_of(final)} See: {suggest('show', final['run_id'])}")
    raise typer.Exit(code)


def find_start_error(client: PortalClient, final: Json) -> Json | None:
    """Step and errno of a start that failed, which tell 126 from 127."""
    if final.get("reason") != "could_not_start":
        return None
    ending = client.get(path_of("tenant", "runs", final["run_id"], "evidence"))["ending"]
    facts: Json = ending["facts"]
    return facts


def restart(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")],
    run_id: Annotated[
        str | None, typer.Option("--run-id", metavar="RUN", help="The run that is meant; refused if another is newer.")
    ] = None,
    definition: Annotated[
        WhichDefinition, typer.Option("--definition", help="What ran, or the newest version.")
    ] = WhichDefinition.PINNED,
    workspace: Annotated[
        WhichWorkspace, typer.Option("--workspace", help="The directory of the run before, or a new one.")
    ] = WhichWorkspace.KEEP,
    env: Env = None,
    parameters: Parameters = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Restart although leftovers of the run before may be alive.")
    ] = False,
    stop_first: Annotated[
        bool, typer.Option("--stop-first", help="Stop an active run; the new one is made as that one ends.")
    ] = False,
    note: Note = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow the output, as run does.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Restart a project's newest run: a new run, linked to the old one, which stays as it is.

    Prints the id of the new run, also where --stop-first has to wait for the old one.
    """
    client = connect(url, key, data)
    body: Json = {"definition": definition.value, "workspace": workspace.value, "confirm": confirm}
    if stop_first:
        body["when_running"] = "stop_first"
    if run_id is not None:
        body["run_id"] = run_id
    if env:
        body["env"] = parse_env(env)
    if parameters is not None:
        body["parameters"] = parse_parameters(parameters)
    if note is not None:
        body["note"] = note
    started = client.post(path_of("tenant", "projects", get_project(client, project)["id"], "restart"), body)
    _show_or_follow(client, started, follow=follow, as_json=as_json)


def stop(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")],
    run_id: Annotated[str | None, typer.Option("--run-id", metavar="RUN", help="The run that is meant.")] = None,
    grace: Annotated[
        float | None, typer.Option("--grace", min=0, metavar="SECONDS", help="Between polite signal and kill.")
    ] = None,
    note: Note = None,
    wait_for_it: Annotated[bool, typer.Option("--wait", help="Return when the run is final.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Stop a project's active run: the polite signal, a grace time, then the whole tree is killed.

    For a run that is being stopped, a shorter grace brings the end forward; nothing puts it off.
    """
    client = connect(url, key, data)
    body: Json = {"run_id": run_id, "grace_seconds": grace, "note": note}
    body = {name: value for name, value in body.items() if value is not None}
    asked = client.post(path_of("tenant", "projects", get_project(client, project)["id"], "stop"), body)
    if wait_for_it:
        try:
            asked = wait_for_end(client.address, asked["run_id"])
        except KeyboardInterrupt:
            hint(f"\nNo longer waiting; run {asked['run_id']} is asked to end all the same.")
            raise typer.Exit(ExitCode.NOT_FINISHED) from None
    if as_json:
        print_json(asked)
    elif is_final(asked):
        print_line(sentence_of(asked))
    else:
        print_line(f"Run {asked['run_id']} is asked to end{_last_word(asked['stop_deadline_at'])}.")


def _last_word(deadline_at: str | None) -> str:
    """What follows if it does not do as it was asked."""
    if deadline_at is None:
        return ""
    left = max(0, math.ceil((from_text(deadline_at) - SystemClock().now()).total_seconds()))
    return f"; if it has not ended in {left} s, it is killed" if left else "; what is left of it is killed now"


def wait(
    run_or_project: Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")],
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=0, metavar="SECONDS", help="Give up after so long.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Wait until a run is final; ends with the program's exit code, as run does."""
    client = connect(url, key, data)
    found = get_run(client, run_or_project)
    try:
        final = wait_for_end(client.address, found["run_id"], timeout)
    except KeyboardInterrupt:
        _leave(found)
    if not is_final(final):
        if as_json:
            print_json(final)
        hint(f"The time is over. {sentence_of(final)}")
        raise typer.Exit(ExitCode.NOT_FINISHED)
    finish(client, final, as_json=as_json)


def _write_through(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
