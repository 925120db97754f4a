"""`doctor` and `cleanup`: whether all is well, and having everything looked at now."""

from collections.abc import Mapping

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.options import AsJson, Data, DatabaseUrl, Key, Url, connect, examples, settings_of
from addon_portal.cli.output import console, hint, print_fields, print_json, print_line
from addon_portal.cli.suggestions import suggest

_MARKS: Mapping[str, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "fallback": ("weaker", "yellow"),
    "note": ("note", "yellow"),
    "problem": ("PROBLEM", "red"),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=examples("addon-portal doctor", "addon-portal doctor --data /srv/portal --json"))(doctor)
    app.command(epilog=examples("addon-portal cleanup", "addon-portal cleanup --json"))(cleanup)


def doctor(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Examine this host and the portal on it: what it can guarantee, and what is wrong. Changes nothing.

    Ends with 0 when the portal can do its work here, with 1 when there is a problem.
    """
    from addon_portal.cli.examination import examine

    findings = examine(settings_of(data_dir=data, database_url=database_url))
    sound = all(finding.verdict != "problem" for finding in findings)
    if as_json:
        print_json({"sound": sound, "findings": [finding.to_json() for finding in findings]})
    else:
        from rich.text import Text

        to = console()
        for finding in findings:
            mark, colour = _MARKS[finding.verdict]
            line = Text(f"{mark:8}", style=colour)
            line.append(f"{finding.code:16}  ", style="bold")
            line.append(finding.found, style="default")
            to.print(line)
            to.print(Text(f"{'':26}{finding.means}", style="dim"))
        print_line("\nAll is well." if sound else "\nThere are problems; the portal cannot keep its promises here.")
    raise typer.Exit(ExitCode.OK if sound else ExitCode.TROUBLE_FOUND)


def cleanup(
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Have the supervisor look at every run of its host now, and show what it found and changed.

    Ends with 75 when the supervisor has not answered within 5 s; it does as it was asked when it is there again.
    """
    client = connect(url, key, data)
    request = client.post(path_of("admin", "cleanup"))
    if as_json:
        print_json(request)
    else:
        print_fields((name, value) for name, value in request.items())
    if request["completed_at"] is None:
        hint(f"The supervisor has not answered yet. Does it live? See: {suggest('doctor')}")
        raise typer.Exit(ExitCode.NOT_FINISHED)
