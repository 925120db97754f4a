"""`bulk …`: restarting many projects by one request, and following that."""

import sys
import threading
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.commands.runs import Note, WhichDefinition, WhichWorkspace
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.lookups import get_project
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import counted, hint, print_fields, print_json, print_line, print_table, time_text
from addon_portal.cli.suggestions import suggest

app = typer.Typer(
    help="Many projects at once.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples(
        "addon-portal bulk restart --state failed --dry-run", "addon-portal bulk restart --state failed --yes --wait"
    ),
)

Json = dict[str, Any]
Which = Annotated[str, typer.Argument(metavar="BULK", help="The id, as bulk restart prints it.")]
States = Annotated[list[str] | None, typer.Option("--state", metavar="STATE", help="The newest run is in this state.")]
Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", metavar="OUTCOME", help="success, failure or unknown.")
]
Reasons = Annotated[list[str] | None, typer.Option("--reason", metavar="REASON", help="It ended so.")]
Projects = Annotated[
    list[str] | None, typer.Option("--project", metavar="PROJECT", help="Only this project: name or id.")
]
Search = Annotated[str | None, typer.Option("--search", metavar="TEXT", help="A part of the project's name.")]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="The newest run was requested at or after.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="It was requested before.")]
Definitions = Annotated[WhichDefinition, typer.Option("--definition", help="What ran, or the newest versions.")]
Workspaces = Annotated[
    WhichWorkspace, typer.Option("--workspace", help="The directories of the runs before, or new ones.")
]
Confirm = Annotated[
    bool, typer.Option("--confirm", help="Also where leftovers may be alive, and where nobody knows how it ended.")
]
_BASE = ("tenant", "restarts")
_AGAIN_SECONDS = 0.5
"""How long between two looks at how far one has come."""


@app.command(
    epilog=examples(
        "addon-portal bulk restart --state failed --dry-run             # what would be restarted, and what not",
        "addon-portal bulk restart --state failed --yes --wait",
        "addon-portal bulk restart --reason host_restarted --confirm --yes",
        "addon-portal bulk restart --project nightly --project weekly --definition latest --yes --json",
    )
)
def restart(
    state: States = None,
    outcome: Outcomes = None,
    reason: Reasons = None,
    project: Projects = None,
    search: Search = None,
    since: Since = None,
    until: Until = None,
    definition: Definitions = WhichDefinition.PINNED,
    workspace: Workspaces = WhichWorkspace.KEEP,
    confirm: Confirm = False,
    note: Note = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Return when every project has had its turn.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Restart every project whose newest run matches; options that may be repeated match any of their values.

    Shows beforehand what would be done, and asks on a terminal; elsewhere --yes is needed. What may not be restarted is
    left out with the reason. With --wait the exit code is 1 if it was aborted, or the portal failed at a project.
    """
    client = connect(url, key, data)
    wanted: Json = {"state": state, "outcome": outcome, "reason": reason, "search": search, "since": since}
    wanted |= {"until": until, "project_id": [get_project(client, each)["id"] for each in project or ()]}
    wanted = {name: value for name, value in wanted.items() if value}
    if not wanted:
        raise BadUsage("Which projects? Give at least one condition; for all of them every state: --state failed ….")
    body: Json = {"filter": wanted, "definition": definition.value, "workspace": workspace.value, "confirm": confirm}
    if note is not None:
        body["note"] = note
    if dry_run or not yes:
        found = client.post(path_of(*_BASE), {**body, "dry_run": True})
        if dry_run:
            _show_preview(found, as_json=as_json)
            return
        _ask(found)
    started = client.post(path_of(*_BASE), body)
    if wait:
        started = _wait(client, started)
    _show(started, as_json=as_json)
    if wait and (started["state"] == "aborted" or started["failed"]):
        raise typer.Exit(ExitCode.TROUBLE_FOUND)


@app.command("list", epilog=examples("addon-portal bulk list --json"))
def list_bulk(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 20,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List bulk restarts, newest first."""
    found = list(connect(url, key, data).iter_items(path_of(*_BASE), limit))
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "STATE", "TOTAL", "STARTED", "SKIPPED", "FAILED", "REQUESTED", "BY"),
        (
            (
                *(each[name] for name in ("id", "state", "total", "started", "skipped", "failed")),
                time_text(each["requested_at"]),
                each["requested_by"],
            )
            for each in found
        ),
        "There are no bulk restarts.",
    )


@app.command(epilog=examples("addon-portal bulk show blk_01k7qz8a1b2c3d4e5f6g7h8j9k"))
def show(bulk: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show how far a bulk restart has come, and why projects were left out."""
    _show(connect(url, key, data).get(path_of(*_BASE, bulk)), as_json=as_json)


@app.command(epilog=examples("addon-portal bulk projects blk_01k7qz8a1b2c3d4e5f6g7h8j9k --state skipped"))
def projects(
    bulk: Which,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="Only waiting, started, skipped or failed; may be repeated."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the projects of a bulk restart with the runs that were made, or why there are none."""
    found = list(connect(url, key, data).iter_items(path_of(*_BASE, bulk, "projects"), limit, state=state))
    if as_json:
        print_json(found)
        return
    print_table(
        ("PROJECT", "RUN", "STATE", "NEW RUN", "WHY"),
        ([each[name] for name in ("project_name", "run_id", "state", "new_run_id", "why")] for each in found),
        "There are no such projects.",
    )


@app.command(epilog=examples("addon-portal bulk abort blk_01k7qz8a1b2c3d4e5f6g7h8j9k"))
def abort(bulk: Which, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Have nothing more restarted. What was restarted goes on."""
    _show(connect(url, key, data).post(path_of(*_BASE, bulk, "abort")), as_json=as_json)


def _ask(found: Json) -> None:
    """Have somebody agree. Raises BadUsage where nobody can, Abort where they do not."""
    left_out = (
        f" {counted(sum(found['would_skip'].values()), 'project')} would be left out." if found["would_skip"] else ""
    )
    said = f"This restarts {counted(found['would_start'], 'project')}.{left_out}"
    if not sys.stdin.isatty():
        raise BadUsage(f"{said} Repeat it with --yes, or look first with --dry-run.")
    if not typer.confirm(f"{said} Restart them?", err=True):
        hint("Nothing was restarted.")
        raise typer.Exit(ExitCode.OK)


def _wait(client: PortalClient, bulk: Json) -> Json:
    """How it stands when every project has had its turn. Ctrl-C stops waiting, not the restarts."""
    pause = threading.Event()
    is_shown = sys.stderr.isatty()
    try:
        while bulk["finished_at"] is None:
            pause.wait(_AGAIN_SECONDS)
            bulk = client.get(path_of(*_BASE, bulk["id"]))
            if is_shown:
                end = "\n" if bulk["finished_at"] else ""
                sys.stderr.write(f"\r\x1b[K{bulk['done']} of {bulk['total']} projects{end}")
                sys.stderr.flush()
    except KeyboardInterrupt:
        hint(f"\nNo longer waiting; bulk restart {bulk['id']} goes on.")
        hint(f"Abort it with: {suggest('bulk', 'abort', bulk['id'])}")
        raise typer.Exit(ExitCode.NOT_FINISHED) from None
    return bulk


def _show(bulk: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(bulk)
    else:
        print_fields(bulk.items())


def _show_preview(found: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_table(
        ("PROJECT", "RUN", "STATE", "REASON", "WHY NOT"),
        (
            [each[name] for name in ("project_name", "run_id", "state", "reason", "why")]
            for each in (*found["starting"], *found["skipping"])
        ),
        "No project's newest run matches.",
    )
    shown = len(found["starting"]) + len(found["skipping"])
    cut = f" ({shown} are shown)" if shown < found["total"] else ""
    reasons = ", ".join(f"{count} {code}" for code, count in found["would_skip"].items())
    left_out = f"; left out: {reasons}" if reasons else ""
    print_line(f"{counted(found['would_start'], 'project')} of {found['total']} would be restarted{left_out}{cut}.")
