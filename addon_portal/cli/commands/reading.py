"""`status`, `runs`, `show`, `logs`: what there is and what happened. Changes nothing."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.commands.runs import finish
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.events import Event, iter_events
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.following import follow_output, iter_output, read_text, teller, wait_for_end
from addon_portal.cli.limits import kept_text
from addon_portal.cli.lookups import get_project, get_run
from addon_portal.cli.options import AsJson, Data, Key, Url, connect, examples
from addon_portal.cli.outcomes import is_final, sentence_of
from addon_portal.cli.output import (
    console,
    counted,
    ended_sentence,
    ended_text,
    forget_stdout,
    hint,
    print_fields,
    print_json,
    print_line,
    print_table,
    progress_text,
    scheduled_text,
    state_text,
    time_text,
)
from addon_portal.cli.searching import iter_lines, iter_places
from addon_portal.cli.suggestions import how_to_start, suggest

Json = dict[str, Any]

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=examples("addon-portal status", "addon-portal status --watch"))(status)
    app.command(
        epilog=examples(
            "addon-portal runs",
            "addon-portal runs nightly --state failed --limit 5",
            "addon-portal runs --reason outcome_unknown --since 2026-01-01T00:00:00Z --json",
        )
    )(runs)
    app.command(
        epilog=examples("addon-portal show nightly", "addon-portal show run_01k7qz9t3v5x8y2m4n6p0r1s2a --json")
    )(show)
    app.command(
        epilog=examples(
            "addon-portal logs nightly",
            "addon-portal logs -f nightly | grep ERROR",
            "addon-portal logs nightly --grep error --ignore-case",
        )
    )(logs)


def status(
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show every change until Ctrl-C.")] = False,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show how the projects' newest runs stand: active ones first, then those that were asked for last.

    With --watch --json it is one JSON object a line: first the status, then each change.
    """
    client = connect(url, key, data)
    if watch and as_json:
        print_line(Event(None, "status", _read_status(client, limit)).to_json_line())
    else:
        _show_status(client, limit, as_json=as_json)
    if not watch:
        return
    watcher = connect(url, key, data)
    try:
        for event in iter_events(watcher, path_of("tenant", "events")):
            if as_json:
                print_line(event.to_json_line())
            elif event.kind != "log":  # sizes are not in the table
                if sys.stdout.isatty():
                    console().clear()
                _show_status(client, limit, as_json=False)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None


def _read_status(client: PortalClient, limit: int) -> Json:
    """The numbers, and the first projects: those with an active run, then those that ran last, then the newest."""
    counts = client.get(path_of("tenant", "status"))
    projects = sorted(client.iter_items(path_of("tenant", "projects")), key=_standing, reverse=True)
    return {"status": counts, "projects": projects[:limit]}


def _standing(project: Json) -> tuple[bool, str]:
    latest = project["latest_run"]
    return (False, "") if latest is None else (not is_final(latest), latest["requested_at"])


def _show_status(client: PortalClient, limit: int, *, as_json: bool) -> None:
    found = _read_status(client, limit)
    counts, projects = found["status"], found["projects"]
    if as_json:
        print_json(found)
        return
    print_table(
        ("PROJECT", "STATE", "RUN", "STARTED", "ENDED", "WHAT HAPPENED"),
        (_project_row(project) for project in projects),
        "There are no projects. Make one with: " + suggest("run", "--name", "hello", then="-- sh -c 'echo hello'"),
    )
    active = ", ".join(f"{number} {state}" for state, number in counts["active_runs"].items() if number)
    cut = f", of which the first {len(projects)} are shown (--limit)" if counts["projects"] > len(projects) else ""
    print_line(f"\n{counted(counts['projects'], 'project')}{cut}; active runs: {active or 'none'}.")
    finished = ", ".join(f"{number} {how}" for how, number in counts["last_24_hours"].items() if number)
    print_line(f"Ended in the last 24 hours: {finished or 'none'}.")
    if counts["unreachable"]:
        when = counts["observed_at"]
        hint(
            "Nobody looks after the runs now; what is shown of active ones was true at "
            f"{time_text(when) or 'no time that is known'}. Start the supervisor: {how_to_start('supervisor')}"
        )


def _project_row(project: Json) -> tuple[object, ...]:
    latest = project["latest_run"]
    if latest is None:
        return project["name"], state_text(None), "", "", "", ""
    return (
        project["name"],
        state_text(latest),
        latest["number"],
        time_text(latest["started_at"]),
        ended_text(latest),
        latest["message"]
        or (f"waiting for {latest['waiting_for']}" if latest["waiting_for"] else None)
        or _trouble_of(latest)
        or progress_text(latest),
    )


def _trouble_of(run: Json) -> str:
    """What is said of an active run's health; not what was said while somebody could look."""
    return str(run["condition_detail"] or "") if not is_final(run) else ""


def runs(
    project: Annotated[str | None, typer.Argument(metavar="PROJECT", help="Of one project only.")] = None,
    state: Annotated[list[str] | None, typer.Option("--state", metavar="STATE", help="Only in this state.")] = None,
    reason: Annotated[list[str] | None, typer.Option("--reason", metavar="REASON", help="Only ended so.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="Requested at or after.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Requested before.")] = None,
    limit: Limit = 20,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first. --state and --reason may be repeated."""
    client = connect(url, key, data)
    path = path_of("tenant", "runs")
    if project is not None:
        path = path_of("tenant", "projects", get_project(client, project)["id"], "runs")
    found = list(client.iter_items(path, limit=limit, state=state, reason=reason, since=since, until=until))
    if as_json:
        print_json(found)
        return
    print_table(
        ("RUN", "PROJECT", "NO", "STATE", "REASON", "CODE", "REQUESTED", "ENDED"),
        (
            (
                run["run_id"],
                run["project_name"],
                run["number"],
                state_text(run),
                run["reason"],
                run["exit_code"] if run["exit_code"] is not None else run["signal_name"],
                time_text(run["requested_at"]),
                ended_text(run),
            )
            for run in found
        ),
        "There are no such runs.",
    )


def show(
    run_or_project: Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show one run: what happened, how that is known, and what to do next."""
    client = connect(url, key, data)
    run_id = get_run(client, run_or_project)["run_id"]
    evidence = client.get(path_of("tenant", "runs", run_id, "evidence"))
    if as_json:
        print_json(evidence)
        return
    run = evidence["run"]
    print_line(sentence_of(run))
    if run["next_step"] and run["reason"] != "succeeded":
        print_line(f"Next: {run['next_step']}")
    if run["needs_confirmation"]:
        print_line("A restart needs --confirm: something that it started may still be alive.")
    print_line("")
    print_fields(_run_fields(run))
    _show_evidence(evidence)


def _run_fields(run: Json) -> Iterator[tuple[str, object]]:
    yield "run", run["run_id"]
    yield "project", f"{run['project_name']} ({run['project_id']}), run {run['number']}"
    yield "state", state_text(run)
    yield "reason", run["reason"]
    yield "progress", progress_text(run)
    yield "heard", run["last_heartbeat_at"]
    yield "exit code", run["exit_code"]
    yield "signal", run["signal_name"]
    yield "health", ", ".join(run["health_all"]) if not is_final(run) else None
    yield "observed", run["observed_at"] if not is_final(run) else None
    yield "detail", run["condition_detail"]
    yield "requested", f"{run['requested_at']} by {run['requested_by']}"
    yield "claimed", run["claimed_at"]
    yield "started", run["started_at"]
    yield "ended", ended_sentence(run)
    yield "finished", run["finished_at"]
    if run["stop_requested_at"]:
        yield "stop asked", f"{run['stop_requested_at']} by {run['stop_requested_by']}"
    yield "restart of", run["restart_of"]
    yield "restarted by", run["restarted_by"]
    yield "restart due", scheduled_text(run["scheduled_restart"])
    yield "definition", f"version {run['definition_version']}"
    yield "parameters", run["parameters"]
    yield "note", run["note"]
    yield "workspace", run["workspace"]
    yield "leftovers", run["tree"]


def _show_evidence(evidence: Json) -> None:
    print_line(f"\nJournal ({evidence['directory']})")
    print_table(
        ("HAPPENED", "WHAT", "FROM", "TO", "BY", "CAUSE", "NOTE"),
        (
            (
                *(entry[name] for name in ("happened_at", "kind", "from_state", "to_state", "actor", "cause")),
                entry["detail"].get("note"),
            )
            for entry in evidence["journal"]
        ),
        "The journal is empty.",
    )
    if evidence["limits"]:
        print_line("\nLimits")
        print_fields((name.replace("_bytes", ""), kept_text(name, kept)) for name, kept in evidence["limits"].items())
    print_line("\nRecords")
    print_fields((name, record) for name, record in evidence["records"].items() if name != "spec.json")
    print_fields((name, f"missing: {why}") for name, why in evidence["missing"].items())
    if evidence["output_tail"]:
        print_line(f"\nLast lines of {evidence['output_bytes']} bytes of output")
        if evidence["output_dropped"]:
            print_line(evidence["output_dropped"])
        for line in evidence["output_tail"]:
            print_fields([("|", line or " ")])


def logs(
    run_or_project: Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on while the run does, to its end.")] = False,
    offset: Annotated[int, typer.Option("--offset", min=0, metavar="BYTES", help="Begin there.")] = 0,
    grep: Annotated[
        str | None, typer.Option("--grep", metavar="TEXT", help="Only lines that hold it, found by the portal.")
    ] = None,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", "-i", help="With --grep: in any case.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print a run's output byte for byte, but for secrets. With -f it ends as run does.

    With --json it is one object with the whole text, with -f when the run is final; with --grep a list of the places
    where TEXT stands.
    """
    if grep is not None and follow:
        raise BadUsage("--grep searches what is there now. To search what comes: addon-portal logs -f … | grep …")
    if ignore_case and grep is None:
        raise BadUsage("--ignore-case goes with --grep.")
    client = connect(url, key, data)
    found = get_run(client, run_or_project)
    run_id = found["run_id"]
    if offset and offset > (size := client.size_of(path_of("tenant", "runs", run_id, "log", "raw"))):
        raise BadUsage(f"The output of run {run_id} has {size} bytes; --offset {offset} is behind its end.")
    tell = teller(client, run_id)
    places = None if grep is None else iter_places(client, run_id, grep, offset, tell, ignore_case=ignore_case)
    try:
        if follow:
            final = _follow(client, run_id, offset, as_json=as_json)
        elif as_json:
            print_json(read_text(client, run_id, offset) if places is None else list(places))
            return
        else:
            for piece in iter_output(client, run_id, offset, tell) if places is None else iter_lines(places):
                _write(piece)
            return
    except KeyboardInterrupt:
        hint(f"\nNo longer following; run {run_id} goes on as it was.")
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    except OSError as error:
        forget_stdout()
        hint(f"The output cannot be written here ({error.strerror}); run {run_id} is not affected.")
        raise typer.Exit(ExitCode.TROUBLE_FOUND) from None
    finish(client, final, as_json=False)


def _follow(client: PortalClient, run_id: str, offset: int, *, as_json: bool) -> Json:
    """Print the output until the run is final, or as one object then; returns the final run."""
    if not as_json:
        return follow_output(client.address, run_id, _write, offset, teller(client, run_id))
    final = wait_for_end(client.address, run_id)
    print_json(read_text(client, run_id, offset))
    return final


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
