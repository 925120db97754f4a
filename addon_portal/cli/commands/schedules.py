"""`schedule …`: when projects run by themselves."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.lookups import get_project
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import hint, print_fields, print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible

app = typer.Typer(
    help="When projects run by themselves.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples(
        "addon-portal schedule set nightly '0 3 * * *' --time-zone Europe/Berlin", "addon-portal schedule show nightly"
    ),
)

Json = dict[str, Any]
Named = Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")]


class IfRunning(StrEnum):
    """What is done at a time at which the project runs."""

    SKIP = "skip"
    QUEUE = "queue"


class IfMissed(StrEnum):
    """What is done about times at which nobody was there."""

    SKIP = "skip"
    RUN_ONCE = "run_once"


@app.command(
    "set",
    epilog=examples(
        "addon-portal schedule set nightly '0 3 * * *' --time-zone Europe/Berlin",
        "addon-portal schedule set nightly '*/15 8-18 * * mon-fri' --when-running queue --dry-run",
        "addon-portal schedule set nightly @daily --when-missed run_once",
    ),
)
def set_schedule(
    project: Named,
    cron: Annotated[
        str,
        typer.Argument(metavar="CRON", help="Minute, hour, day, month, day of the week; or @daily and the like."),
    ],
    time_zone: Annotated[
        str, typer.Option("--time-zone", metavar="ZONE", help="By whose clocks, such as Europe/Berlin.")
    ] = "UTC",
    when_running: Annotated[
        IfRunning, typer.Option("--when-running", help="Leave the time out, or run once more after that run.")
    ] = IfRunning.SKIP,
    when_missed: Annotated[
        IfMissed,
        typer.Option("--when-missed", help="After times at which nobody was there: wait, or run once now."),
    ] = IfMissed.SKIP,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show when it would run.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Have a project run by itself, in place of a schedule that it has. A pause stays."""
    client = connect(url, key, data)
    body: Json = {"cron": cron, "time_zone": time_zone}
    body |= {"when_running": when_running.value, "when_missed": when_missed.value}
    if dry_run:
        body["dry_run"] = True
    _show(client.put(_path(client, project), body), as_json=as_json)


@app.command("list", epilog=examples("addon-portal schedule list", "addon-portal schedule list --json"))
def list_schedules(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the schedules, newest project first."""
    found = list(connect(url, key, data).iter_items(path_of("tenant", "schedules"), limit))
    if as_json:
        print_json(found)
        return
    print_table(
        ("PROJECT", "CRON", "ZONE", "NEXT", "STARTED", "SKIPPED", "MISSED", "LAST"),
        (
            (
                *(each[name] for name in ("project_name", "cron", "time_zone")),
                "paused" if each["paused"] else time_text(_first(each)),
                *(each[name] for name in ("started", "skipped", "missed")),
                each["last"]["result"] if each["last"] else None,
            )
            for each in found
        ),
        "There are no schedules.",
    )


@app.command(epilog=examples("addon-portal schedule show nightly", "addon-portal schedule show nightly --json"))
def show(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show a project's schedule with the next times, and what became of the last one."""
    client = connect(url, key, data)
    _show(client.get(_path(client, project)), as_json=as_json)


@app.command(epilog=examples("addon-portal schedule pause nightly"))
def pause(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Keep no time until it is resumed. A run that goes on is left alone."""
    client = connect(url, key, data)
    _show(client.post(_path(client, project, "pause")), as_json=as_json)


@app.command(epilog=examples("addon-portal schedule resume nightly"))
def resume(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Keep the next time again. Times of the pause are not made up for."""
    client = connect(url, key, data)
    _show(client.post(_path(client, project, "resume")), as_json=as_json)


@app.command(epilog=examples("addon-portal schedule remove nightly"))
def remove(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Have a project run only when somebody asks for it."""
    client = connect(url, key, data)
    found = get_project(client, project)
    client.delete(path_of("tenant", "projects", found["id"], "schedule"))
    if as_json:
        print_json({"project_id": found["id"], "removed": True})
        return
    print_line(f"{visible(found['name'])} has no schedule any more.")


def _path(client: PortalClient, project: str, *action: str) -> str:
    return path_of("tenant", "projects", get_project(client, project)["id"], "schedule", *action)


def _first(schedule: Json) -> str | None:
    times: list[dict[str, str]] = schedule["next_times"]
    return times[0]["at"] if times else None


def _show(schedule: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(schedule)
        return
    last = schedule["last"]
    told = last and ", ".join(part for part in (last["result"], last["run_id"], last["why"]) if part)
    shown = {name: value for name, value in schedule.items() if name not in {"next_times", "last"}}
    shown["last"] = told and f"{time_text(last['due_at'])}: {told}"
    print_fields(shown.items())
    if schedule["paused"]:
        hint("It is paused: no time is kept.")
    for time in schedule["next_times"]:
        print_line(f"  {time_text(time['at'])}  {time['local']}")
