"""`retention`: removing now what the rules no longer keep, or seeing what that would be."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.options import AsJson, Data, Key, Url, connect, examples
from addon_portal.cli.output import counted, hint, print_json, print_line, print_table, time_text
from addon_portal.cli.suggestions import suggest
from addon_portal.domain.limits import shown_bytes

Json = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=examples("addon-portal retention --dry-run", "addon-portal retention --json"))(retention)


def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remove nothing; show what would be removed, and why.")
    ] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Have the supervisor remove now the logs, workspaces and code that the settings no longer keep.

    Ends with 75 when it has not answered within 5 s, and with 1 when something could not be removed.
    """
    answer = connect(url, key, data).post(path_of("admin", "retention"), {"dry_run": dry_run})
    report = answer["report"]
    if as_json:
        print_json(answer)
    elif report is not None:
        _show(report)
    if report is None:
        hint(f"The supervisor has not answered yet; it goes on. Does it live? See: {suggest('doctor')}")
        raise typer.Exit(ExitCode.NOT_FINISHED)
    if report["problems"]:
        raise typer.Exit(ExitCode.TROUBLE_FOUND)


def _show(report: Json) -> None:
    print_table(
        ("KIND", "NAME", "SIZE", "UNUSED SINCE", "WHY"),
        (
            (item["kind"], item["name"], shown_bytes(item["bytes"]), time_text(item["unused_since"]), item["why"])
            for item in report["items"]
        ),
        "There is nothing that the settings do not keep.",
    )
    print_line(("Would remove " if report["dry_run"] else "Removed ") + ", ".join(_counts(report)) + ".")
    for problem in report["problems"]:
        hint(f"Not removed: {problem}")


def _counts(report: Json) -> Iterator[str]:
    for name, noun in (("logs", "log"), ("workspaces", "workspace"), ("code", "version of code")):
        count, size = report[name]["count"], report[name]["bytes"]
        words = counted(count, noun) if name != "code" or count == 1 else f"{count} versions of code"
        yield f"{words} ({shown_bytes(size)})"
