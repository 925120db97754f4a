"""`drain …`: maintenance of a host, during which nothing is started."""

from typing import Annotated, Any

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import print_json, print_line

Json = dict[str, Any]

app = typer.Typer(
    help="Maintenance: start nothing, let what runs go on.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal drain on", "addon-portal drain status", "addon-portal drain off"),
)

HostOption = Annotated[str | None, typer.Option("--host-id", metavar="HOST", help="By default the API's own.")]


@app.command(epilog=examples("addon-portal drain on"))
def on(
    host_id: HostOption = None, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Start nothing on the host from now on. What runs goes on; what waits says so."""
    _set(connect(url, key, data), host_id, on=True, as_json=as_json)


@app.command(epilog=examples("addon-portal drain off"))
def off(
    host_id: HostOption = None, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Start again what waits on the host."""
    _set(connect(url, key, data), host_id, on=False, as_json=as_json)


@app.command(epilog=examples("addon-portal drain status --json"))
def status(
    host_id: HostOption = None, url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Say whether anything is started on the host."""
    _show(connect(url, key, data).get(path_of("admin", "drain"), host_id=host_id), as_json=as_json)


def _set(client: Any, host_id: str | None, *, on: bool, as_json: bool) -> None:
    body: Json = {"on": on} if host_id is None else {"on": on, "host_id": host_id}
    _show(client.put(path_of("admin", "drain"), body), as_json=as_json)


def _show(host: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(host)
    elif host["drained_at"] is None:
        print_line(f"Runs are started on {host['name']}.")
    else:
        print_line(f"Nothing is started on {host['name']} since {host['drained_at']}, by {host['drained_by']}.")
