"""`stats`: how runs went over time. Changes nothing."""

from typing import Annotated, Any

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.lookups import get_project
from addon_portal.cli.options import AsJson, Data, Key, Url, connect, examples
from addon_portal.cli.output import print_json, print_table, time_text

Json = dict[str, Any]

_MINUTE, _HOUR = 60, 3600


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "addon-portal stats",
            "addon-portal stats nightly --bucket day",
            "addon-portal stats --since 2026-05-04T00:00:00Z --until 2026-05-05T00:00:00Z --json",
        )
    )(stats)


def stats(
    project: Annotated[str | None, typer.Argument(metavar="PROJECT", help="Of one project only.")] = None,
    bucket: Annotated[str, typer.Option("--bucket", metavar="hour|day", help="How finely.")] = "hour",
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="From its hour or day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="To the end of its hour or day.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show how runs went, by when they ended: of the last 24 hours or 30 days, in UTC, leaving out what is empty."""
    client = connect(url, key, data)
    project_id = None if project is None else get_project(client, project)["id"]
    found = client.get(path_of("tenant", "stats"), bucket=bucket, since=since, until=until, project_id=project_id)
    if as_json:
        print_json(found)
        return
    filled = [each for each in found["buckets"] if _count(each)]
    print_table(
        ("FROM", "COMPLETED", "FAILED", "UNKNOWN", "CANCELLED", "MEDIAN", "95 %"),
        [_row(time_text(each["at"]), each) for each in filled] + ([_row("total", found["total"])] if filled else []),
        f"No run ended from {time_text(found['since'])} to {time_text(found['until'])}.",
    )


def _count(numbers: Json) -> int:
    return sum(numbers[how] for how in ("completed", "failed", "unknown", "cancelled"))


def _row(name: str, numbers: Json) -> tuple[object, ...]:
    counts = (numbers[how] or "" for how in ("completed", "failed", "unknown", "cancelled"))
    return (name, *counts, _length(numbers["median_seconds"]), _length(numbers["p95_seconds"]))


def _length(seconds: float | None) -> str:
    """A stretch of time, as short as it can be said."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
