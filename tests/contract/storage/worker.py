"""Another process at the storage: does what its arguments say, when its standard input says so.

Prints `ready`, waits for a line, then works. Each result is a line on standard output, written only after
the commit that it tells of.
"""

import sys
from collections.abc import Callable

from addon_portal.domain import ids, transitions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import TenantScope
from addon_portal.storage import NewRun, Storage, apply


def restart(storage: Storage, tenant_id: str, project_id: str, host_id: str, run_id: str) -> None:
    """Restart one run; tell the new run, or the refusal with the run in the way."""
    now = SystemClock().now()
    new = NewRun(
        *(ids.new_run_id(now), ProjectId(project_id), 1, HostId(host_id), now, "worker"), restart_of=RunId(run_id)
    )
    try:
        with storage.write() as uow:
            uow.runs.insert(TenantScope(TenantId(tenant_id)), new)
        say(f"won {new.id}")
    except DomainError as refusal:
        say(f"{refusal.code} {refusal.fields.get('new_run_id') or refusal.fields.get('run_id')}")


def claim(storage: Storage, name: str, *run_ids: str) -> None:
    """Claim each run; tell which were won."""
    for run_id in run_ids:
        now = SystemClock().now()
        with storage.write() as uow:
            won = apply(uow, transitions.claimed(RunId(run_id), now, name, "boot"))
        say(f"{'won' if won else 'lost'} {run_id}")


def insert_without_end(storage: Storage, tenant_id: str, host_id: str, *project_ids: str) -> None:
    """Add a run and withdraw it, again and again, telling each of both after its commit."""
    from addon_portal.domain import endings

    scope = TenantScope(TenantId(tenant_id))
    while True:
        for project_id in project_ids:
            now = SystemClock().now()
            new = NewRun(ids.new_run_id(now), ProjectId(project_id), 1, HostId(host_id), now, "worker")
            with storage.write() as uow:
                uow.runs.insert(scope, new)
            say(f"inserted {new.id}")
            with storage.write() as uow:
                apply(uow, transitions.withdrawn(new.id, endings.withdrawn("worker", now), now, "worker"))
            say(f"withdrawn {new.id}")


def hold(storage: Storage) -> None:
    """Begin to write, tell it, and hold on until the next line."""
    with storage.write():
        say("holding")
        sys.stdin.readline()


def upgrade(storage: Storage) -> None:
    """Upgrade and tell the installation's identifier."""
    storage.upgrade()
    say(storage.installation_id)


def say(text: str) -> None:
    """Write a line in one piece."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


ACTIONS: dict[str, Callable[..., None]] = {
    "restart": restart,
    "claim": claim,
    "insert": insert_without_end,
    "hold": hold,
    "upgrade": upgrade,
}

if __name__ == "__main__":
    opened = Storage.open(sys.argv[1], clock=SystemClock(), busy_timeout_seconds=30)
    say("ready")
    if sys.stdin.readline():
        ACTIONS[sys.argv[2]](opened, *sys.argv[3:])
