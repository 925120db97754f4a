"""`compare`: what differs between two runs. Changes nothing."""

from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.errors import Refused
from addon_portal.cli.lookups import get_run
from addon_portal.cli.options import AsJson, Data, Key, Url, connect, examples
from addon_portal.cli.output import cut, hint, print_json, print_line, print_table, state_text
from addon_portal.cli.suggestions import suggest
from addon_portal.cli.visible import visible

Json = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "addon-portal compare nightly",
            "addon-portal compare run_01k7qz9t3v5x8y2m4n6p0r1s2a nightly",
            "addon-portal compare nightly hourly --json",
        )
    )(compare)


def compare(
    run_or_project: Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")],
    other: Annotated[
        str | None,
        typer.Argument(metavar="OTHER", help="The same; by default the last run before it that succeeded."),
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two runs: definition, parameters, environment (names only), result and times."""
    client = connect(url, key, data)
    left = get_run(client, run_or_project)
    right = get_run(client, other) if other is not None else _success_before(client, left)
    found = client.get(path_of("tenant", "runs", left["run_id"], "compare", right["run_id"]))
    if as_json:
        print_json(found)
        return
    for side in ("left", "right"):
        run = found[side]
        print_line(visible(f"{side}: {run['project_name']} {run['number']} ({run['run_id']}), {state_text(run)}"))
    if not found["differences"]:
        hint("Nothing differs.")
        return
    print_line("")
    print_table(
        ("PART", "FIELD", "LEFT", "RIGHT"),
        ((each["part"], each["field"], _cell(each["left"]), _cell(each["right"])) for each in found["differences"]),
        "Nothing differs.",
    )


def _success_before(client: PortalClient, run: Json) -> Json:
    """The newest run of the same project that succeeded before this one. Raises Refused."""
    path = path_of("tenant", "projects", run["project_id"], "runs")
    for each in client.iter_items(path, state="completed"):
        if each["number"] < run["number"]:
            return each
    raise Refused(
        {
            "code": "not_found",
            "detail": f"No run of this project has succeeded before {run['run_id']}. Name another one; "
            f"list them with: {suggest('runs', run['project_id'])}",
        }
    )


def _cell(value: object) -> object:
    """A value as people read it; what a run does not have is a dash."""
    return "-" if value is None else cut(value) if isinstance(value, str) else value
