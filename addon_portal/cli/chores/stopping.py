"""The helper that stops all runs when `up --on-shutdown stop` is told to leave; the supervisor lives meanwhile."""

import json

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.output import hint
from addon_portal.cli.stopping import RunStopper
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import HostId
from addon_portal.storage import Storage, StorageError
from addon_portal.supervisor.options import SupervisorOptions


def main(options: UpOptions) -> int:
    """Stop them and say so; progress goes to standard error at once, the result to `up`.

    NOT_FINISHED says that runs are left, by name; any other failure, that nobody knows how many are.
    """
    told = SupervisorOptions(**json.loads(options.supervisor))
    clock = SystemClock()
    storage = Storage.open(told.database_url, clock=clock)
    try:
        done = RunStopper(storage, HostId(told.host_id), clock, "operator:up", hint).stop_all()
    except (StorageError, DomainError) as trouble:
        print(f"How many are left cannot be told now: {trouble.message}")
        return ExitCode.INSTALLATION
    finally:
        storage.close()
    print(done.sentence())
    for run in done.left:
        print(run.sentence())
    return ExitCode.NOT_FINISHED if done.left else ExitCode.OK
