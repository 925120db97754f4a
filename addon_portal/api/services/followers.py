"""What is told of a tenant's runs as it happens, and those whom it is told.

Several changes of one run that wait to be taken become one. Promises that what waits for somebody who takes nothing is
bounded: it then becomes the word that something was missed. Leaves finding the changes to `run_changes`, the wire to
`api.event_stream`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from addon_portal.api.services.live_runs import LogGrown
from addon_portal.api.services.shown import ShownRun
from addon_portal.auth.policies import Credential
from addon_portal.domain.ids import TenantId
from addon_portal.storage.values import Said

MOST_WAITING = 1000
"""Changes that are kept for a follower which takes none; each may hold a whole run."""
_MISSED = "missed"


@dataclass(frozen=True, slots=True)
class RunChanged:
    """How a run stands after the journal entry `seq`, or, with None, after no more than the passing of time."""

    seq: int | None
    run: ShownRun


@dataclass(frozen=True, slots=True)
class HostChanged:
    """Somebody looks after the runs of this installation's host again, or nobody does any more."""

    observed_at: datetime | None
    is_unreachable: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """More has happened, up to the journal entry `seq`, than is kept for a follower that does not take it."""

    seq: int


Change = RunChanged | HostChanged | LogGrown | Said | Missed


class Follower:
    """Somebody who waits for all that happens to a tenant. Used in the event loop alone.

    When the `credential` that was shown is good no more, or no more for this tenant, the follower has ended.
    """

    def __init__(self, tenant_id: TenantId, credential: Credential) -> None:
        self.tenant_id = tenant_id
        self.credential = credential
        self.start = 0
        self.is_ended = False
        self._position = 0
        self._waiting: dict[object, Change] = {}
        self._something = asyncio.Event()

    def put(self, change: Change) -> None:
        """Have a change taken; an older one of the same kind and run is forgotten, but not its place in the journal.

        Where too much waits already all of it is forgotten: the follower has to read everything anew.
        """
        if isinstance(change, RunChanged) and change.seq is not None:
            self._position = change.seq
        key = _subject(change)
        if len(self._waiting) >= MOST_WAITING and key not in self._waiting:
            self._waiting = {_MISSED: Missed(max(self.start, self._position))}
        if _MISSED in self._waiting and not isinstance(change, HostChanged):
            self._waiting[_MISSED] = Missed(max(self.start, self._position))
            return
        older = self._waiting.pop(key, None)
        if isinstance(change, RunChanged) and change.seq is None and isinstance(older, RunChanged):
            change = RunChanged(older.seq, change.run)
        self._waiting[key] = change
        self._something.set()

    def end(self) -> None:
        """Nothing more will come, and what waits is not told either."""
        self.is_ended = True
        self._waiting.clear()
        self._something.set()

    async def take(self, seconds: float) -> Sequence[Change]:
        """What has changed, as soon as something has; nothing when the time is over or the follower has ended."""
        timer = asyncio.get_running_loop().call_later(seconds, self._something.set)
        try:
            await self._something.wait()
        finally:
            timer.cancel()
        if not self.is_ended:
            self._something.clear()
        taken = tuple(self._waiting.values())
        self._waiting.clear()
        return taken


def _subject(change: Change) -> object:
    match change:
        case RunChanged():
            return change.run.run.id
        case LogGrown():
            return "log", change.run_id
        case Said():
            return "progress", change.run_id
        case HostChanged():
            return None
        case Missed():
            return _MISSED
