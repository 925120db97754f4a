"""`scheduled …`: restarts that are to come."""

from typing import Annotated

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.lookups import get_project
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible

app = typer.Typer(
    help="Restarts that are to come.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal scheduled list", "addon-portal scheduled cancel nightly"),
)

Named = Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")]


@app.command("list", epilog=examples("addon-portal scheduled list --json"))
def list_scheduled(url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """List restarts that are to come, those that are due first."""
    found = list(connect(url, key, data).get(path_of("tenant", "scheduled-restarts"))["items"])
    if as_json:
        print_json(found)
        return
    print_table(
        ("RUN", "RESTART OF", "DUE", "WHY"),
        (
            (each["run_id"], each["restart_of"], time_text(each["due_at"]) or "at its end", each["why"])
            for each in found
        ),
        "No restart is to come.",
    )


@app.command(epilog=examples("addon-portal scheduled cancel nightly"))
def cancel(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Call the restart of a project off. A run that is being stopped for it is stopped all the same."""
    client = connect(url, key, data)
    found = get_project(client, project)
    client.delete(path_of("tenant", "projects", found["id"], "scheduled-restart"))
    if as_json:
        print_json({"project_id": found["id"], "cancelled": True})
        return
    print_line(f"The restart of {visible(found['name'])} is called off.")


@app.command(epilog=examples("addon-portal scheduled now nightly"))
def now(project: Named, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """Make the restart of a project now that the policy would make later."""
    client = connect(url, key, data)
    found = get_project(client, project)
    run = client.post(path_of("tenant", "projects", found["id"], "scheduled-restart", "now"))
    if as_json:
        print_json(run)
    else:
        print_line(run["run_id"])
