"""`api`, `supervisor`, `keeper` and `notifier`: the portal's parts, each as a process of its own."""

import json
import os
import sys
from shlex import quote
from typing import Annotated

import typer

from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.options import Data, DatabaseUrl, examples, settings_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=examples("addon-portal api --data /srv/portal --port 8080"))(api)
    app.command(epilog=examples("addon-portal supervisor --data /srv/portal"))(supervisor)
    app.command(epilog=examples("addon-portal keeper --data /srv/portal"))(keeper)
    app.command(epilog=examples("addon-portal notifier --data /srv/portal"))(notifier)


def api(
    data: Data = None,
    port: Annotated[int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port.")] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the API. It never touches a process; it may be killed and replaced at any time."""
    from addon_portal.cli.commands.serve import serve

    settings = settings_of(data_dir=data, port=port, bind_host=host, database_url=database_url)
    raise typer.Exit(serve(settings))


def supervisor(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Supervise the runs of this host. One per data directory; it may be killed and replaced at any time."""
    from addon_portal.cli.upkeep.options import SUPERVISOR_OPTIONS
    from addon_portal.config import ensure_host_id
    from addon_portal.domain.clock import SystemClock

    settings = settings_of(data_dir=data, database_url=database_url)
    host_id = ensure_host_id(settings, SystemClock())
    # What stays is a process without the settings' machinery.
    module = "addon_portal.cli.commands.supervise"
    told = {SUPERVISOR_OPTIONS: json.dumps(settings.supervisor_options(host_id))}
    command = [sys.executable, "-P", "-m", module, str(settings.data_dir)]
    os.execve(sys.executable, command, {**os.environ, **told})  # noqa: S606


def keeper(data: Data = None) -> None:
    """Parent the runs of this host. Leave it alone: it needs no restart when the portal is upgraded."""
    from addon_portal.cli.upkeep.keepers import clean_environment, command_line

    settings = settings_of(data_dir=data)
    known = (settings.data.database, settings.data.host_file, settings.data.run_root_marker, settings.data.keepers)
    if not any(path.exists() for path in known):
        raise InstallationTrouble(
            f"{settings.data_dir} is no data directory of a portal. Name one with --data, or make it with: "
            f"addon-portal up --data {quote(str(settings.data_dir))}"
        )
    os.execve(sys.executable, command_line(str(settings.data_dir)), clean_environment())  # noqa: S606


def notifier(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Send messages to webhooks. One per data directory; it may be killed and replaced at any time."""
    from addon_portal.cli.upkeep.options import NOTIFIER_OPTIONS
    from addon_portal.config import ensure_host_id
    from addon_portal.domain.clock import SystemClock

    settings = settings_of(data_dir=data, database_url=database_url)
    host_id = ensure_host_id(settings, SystemClock())
    module = "addon_portal.cli.commands.notify"
    told = {NOTIFIER_OPTIONS: json.dumps(settings.notifier_options(host_id))}
    command = [sys.executable, "-P", "-m", module, str(settings.data_dir)]
    os.execve(sys.executable, command, {**os.environ, **told})  # noqa: S606
