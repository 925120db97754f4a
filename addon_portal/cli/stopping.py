"""Stopping every active run of this host, for a portal that is to be gone with all it started.

Asks the way the API does, by stored intents, and waits for what the supervisor then proves; nothing here signals a
program. Needs a supervisor that lives.
"""

import select
from collections.abc import Callable

from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import HostId
from addon_portal.domain.models import Run
from addon_portal.storage import Storage, UnitOfWork, apply, wakeups

_LOOK_AGAIN_SECONDS = 1.0
"""The safety net under the wake-ups."""
_AT_ONCE = 1000


def list_active(uow: UnitOfWork, host_id: HostId) -> list[Run]:
    """Every run of the host that can still move."""
    waiting = uow.host_runs.list_pending(host_id, _AT_ONCE)
    return [*uow.host_runs.list_claimed(host_id), *(facts.run for facts in waiting)]


def stop_all_runs(storage: Storage, host_id: HostId, clock: Clock, actor: str, say: Callable[[int], None]) -> None:
    """Ask every active run to end and return when all are final.

    `say` is told how many are left, at first and at least once a second; it may raise to give up.
    """
    listener = storage.listen(wakeups.API)
    try:
        left = _request_stops(storage, host_id, clock, actor)
        while left:
            say(left)
            select.select([listener], [], [], _LOOK_AGAIN_SECONDS)
            listener.drain()
            left = _request_stops(storage, host_id, clock, actor)
    finally:
        listener.close()


def _request_stops(storage: Storage, host_id: HostId, clock: Clock, actor: str) -> int:
    """Withdraw what waits and ask the rest to stop, unless that was done; returns how many are still active."""
    with storage.read() as uow:
        unasked = [run for run in list_active(uow, host_id) if run.stop_requested_at is None]
    if unasked:
        now = clock.now()
        with storage.write() as uow:
            for run in unasked:
                withdrawal = transitions.withdrawn(run.id, endings.withdrawn(actor, now), now, actor)
                if not apply(uow, withdrawal):
                    apply(uow, transitions.stop_requested(run.id, now, actor, "shutdown", None))
            uow.wake_supervisor(host_id)
            uow.wake_api()
    with storage.read() as uow:
        return len(list_active(uow, host_id))
