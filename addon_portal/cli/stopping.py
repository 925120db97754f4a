"""Stopping every active run of this host, for a portal that is to be gone with all it started.

Asks the way the API does, by stored intents, and waits for what the supervisor then proves; nothing here signals a
program. Needs a supervisor that lives.
"""

import select
from collections.abc import Callable
from datetime import datetime, timedelta

from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import HostId
from addon_portal.domain.models import Run
from addon_portal.domain.states import Health
from addon_portal.storage import Storage, UnitOfWork, apply, wakeups

_LOOK_AGAIN_SECONDS = 1.0
"""The safety net under the wake-ups."""
_AT_ONCE = 1000
_BECOMES_REACHABLE = timedelta(seconds=3)
"""How long a run may stay out of reach before it is given up: a keeper may be about to come back."""


def list_active(uow: UnitOfWork, host_id: HostId) -> list[Run]:
    """Every run of the host that can still move."""
    waiting = uow.host_runs.list_pending(host_id, _AT_ONCE)
    return [*uow.host_runs.list_claimed(host_id), *(facts.run for facts in waiting)]


def stop_all_runs(storage: Storage, host_id: HostId, clock: Clock, actor: str, say: Callable[[int], None]) -> list[Run]:
    """Ask every active run to end; return when all are final, or when nobody can look at those that are left.

    `say` is told how many are left, at first and at least once a second; it may raise to give up. Returns the runs
    that were given up: the supervisor has looked since they were asked to end, and could not reach them.
    """
    listener = storage.listen(wakeups.API)
    began = clock.now()
    try:
        left = _request_stops(storage, host_id, clock, actor)
        while left:
            if all(is_out_of_reach(run) for run in left) and _was_looked_at(storage, host_id, began):
                return left
            say(len(left))
            select.select([listener], [], [], _LOOK_AGAIN_SECONDS)
            listener.drain()
            left = _request_stops(storage, host_id, clock, actor)
    finally:
        listener.close()
    return []


def is_out_of_reach(run: Run) -> bool:
    """Whether the supervisor found that nobody can look at the run."""
    return Health.UNREACHABLE in run.conditions


def left_alone(run: Run) -> str:
    """That a run was given up, and why, for people."""
    return f"Run {run.id} cannot be reached and was left as it is: {run.condition_detail or 'nobody can look at it.'}"


def _was_looked_at(storage: Storage, host_id: HostId, since: datetime) -> bool:
    """Whether a whole look at all runs has begun since then, so that what is stored of them is not from before."""
    with storage.read() as uow:
        observed_at = uow.hosts.get(host_id).observed_at
    return observed_at is not None and observed_at > since + _BECOMES_REACHABLE


def _request_stops(storage: Storage, host_id: HostId, clock: Clock, actor: str) -> list[Run]:
    """Withdraw what waits and ask the rest to stop, unless that was done; returns those that are still active."""
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
        return list_active(uow, host_id)
