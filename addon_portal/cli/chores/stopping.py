"""The helper that stops all runs when `up --on-shutdown stop` is told to leave; the supervisor lives meanwhile."""

import json

from addon_portal.cli.output import counted
from addon_portal.cli.stopping import left_alone, stop_all_runs
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import HostId
from addon_portal.storage import Storage
from addon_portal.supervisor.options import SupervisorOptions


def main() -> None:
    """Stop them and say so. A failure leaves them running and is told by the exit code."""
    told = SupervisorOptions(**json.loads(UpOptions.from_environment().supervisor))
    clock = SystemClock()
    storage = Storage.open(told.database_url, clock=clock)
    seen: list[int] = []
    left = stop_all_runs(storage, HostId(told.host_id), clock, "operator:up", seen.append)
    print(f"Stopped {counted(max(seen) - len(left), 'run')}." if seen else "No run was active.")
    for run in left:
        print(left_alone(run))
    storage.close()


if __name__ == "__main__":
    main()
