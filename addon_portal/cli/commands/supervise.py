"""Composition root of the supervisor: `python -m addon_portal.cli.commands.supervise`, options in the environment.

Imports no settings and no web framework, so that it starts quickly and stays small.
"""

import json
import os
import sys

from addon_portal.cli.allocator import keep_freed_memory
from addon_portal.cli.dead_keepers import remove_dead_keepers
from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.inheritance import log_file, parent_descriptor, wait_for_start
from addon_portal.cli.logs import configure_logging
from addon_portal.cli.setup import make_directories, prepare_host
from addon_portal.cli.upkeep.options import SUPERVISOR_OPTIONS
from addon_portal.domain.clock import SystemClock
from addon_portal.executors.processes.selection import IdentityUnavailable
from addon_portal.storage import Storage, StorageError
from addon_portal.supervisor import daemon
from addon_portal.supervisor.instance_lock import AlreadySupervised
from addon_portal.supervisor.options import SupervisorOptions


def main() -> int:
    """Supervise until told to leave; returns the exit code."""
    options = SupervisorOptions(**json.loads(os.environ.pop(SUPERVISOR_OPTIONS)), parent_fd=parent_descriptor())
    configure_logging(options.log_level, options.log_format, log_file())
    keep_freed_memory()
    if not wait_for_start():
        return ExitCode.OK
    try:
        _prepare(options)
        return daemon.run(options)
    except (AlreadySupervised, IdentityUnavailable, InstallationTrouble, StorageError) as problem:
        print(f"addon-portal: {problem}", file=sys.stderr)
        return ExitCode.INSTALLATION


def _prepare(options: SupervisorOptions) -> None:
    """What `up` does before it starts us, for a supervisor that a service manager starts."""
    make_directories(options.data)
    clock = SystemClock()
    storage = Storage.open(options.database_url, clock=clock)
    try:
        storage.check_schema()
        warning = prepare_host(storage, options.data, options.host_id, options.host_name)
        remove_dead_keepers(storage, options.data, options.host_id, clock)
    finally:
        storage.close()
    if warning:
        print(f"addon-portal: {warning}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
