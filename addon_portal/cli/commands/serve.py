"""Composition root of the api: `python -m addon_portal.cli.commands.serve`, with settings from the environment.

Responsible for the socket, the signals (uvicorn's) and for ending with `up`. Leaves what is served to `api.main`, how
to `api.server`.
"""

import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

from addon_portal.cli.allocator import collect_nothing_yet, freeze_what_stays, keep_freed_memory
from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.inheritance import listening_descriptor, log_file, parent_descriptor, wait_for_start
from addon_portal.cli.logs import configure_logging
from addon_portal.cli.output import print_line
from addon_portal.cli.upkeep.listening import CannotListen, listen, url_of
from addon_portal.config import Settings, SettingsError, load_settings
from addon_portal.storage import StorageError

if TYPE_CHECKING:
    from addon_portal.api.server import PortalServer


def serve(settings: Settings) -> int:
    """Serve until told to leave; returns the exit code. Raises InstallationTrouble."""
    from addon_portal.api.main import create_app
    from addon_portal.api.server import PortalServer

    configure_logging(settings.log_level, settings.log_format, log_file())
    keep_freed_memory()
    parent, listening = parent_descriptor(), listening_descriptor()
    if not wait_for_start():
        return ExitCode.OK
    try:
        listener = socket.socket(fileno=listening) if listening else listen(settings.bind_host, settings.port)
        server = PortalServer(create_app(settings), settings.bind_host, settings.port)
    except (CannotListen, SettingsError, StorageError) as problem:
        raise InstallationTrouble(str(problem)) from problem
    freeze_what_stays()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent, server), daemon=True).start()
    if listening is None:
        print_line(f"The API serves {url_of(listener)}")
    server.run(sockets=[listener])
    return ExitCode.OK


def _leave_with(parent: int, server: "PortalServer") -> None:
    """The parent never writes: the read returns when it is gone, however it died."""
    os.read(parent, 1)
    server.leave()


def main() -> int:
    """As a process of `up`."""
    collect_nothing_yet()
    try:
        return serve(load_settings())
    except (InstallationTrouble, SettingsError) as problem:
        print(f"addon-portal: {problem}", file=sys.stderr)
        return ExitCode.INSTALLATION


if __name__ == "__main__":
    sys.exit(main())
