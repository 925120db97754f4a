"""The helper that says how many runs go on without the portal, and how to end them."""

import json

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.output import runs_go_on
from addon_portal.cli.stopping import list_active
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import HostId
from addon_portal.storage import Storage, StorageError
from addon_portal.supervisor.options import SupervisorOptions


def main(options: UpOptions) -> int:
    """Count and print."""
    told = SupervisorOptions(**json.loads(options.supervisor))
    storage = Storage.open(told.database_url, clock=SystemClock())
    try:
        with storage.read() as uow:
            active = len(list_active(uow, HostId(told.host_id)))
    except (StorageError, DomainError) as trouble:
        print(f"How many runs go on cannot be told now: {trouble.message}")
    else:
        if active:
            print(runs_go_on(active, options.data))
    finally:
        storage.close()
    return ExitCode.OK
