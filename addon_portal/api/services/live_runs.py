"""What happens to the active runs of tenants that somebody follows, and stands in no journal.

A run becomes overdue by the passing of time alone, its output grows in a file, its program says how far it is, and
while it is pending the supervisor says what it waits for. Promises that all are told soon after, at the cost of a
comparison of numbers and one stat(2) a run and turn, two statements for all, and nothing for tenants that nobody
follows. Belongs to the thread that reads changes: so nothing here is told after something newer.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_runs
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain.ids import RunId, TenantId
from addon_portal.domain.models import Run
from addon_portal.domain.records import NotifyRecord
from addon_portal.evidence.output import size_of_log
from addon_portal.storage import UnitOfWork
from addon_portal.storage.values import Said

SIZES_EVERY_SECONDS = 0.5
"""Sizes are looked at so often at most, however often the thread wakes up."""
WAITING_EVERY_SECONDS = 0.5
FIRST_WAITING = 500
"""As many waiting runs are looked at; those behind them are told when they have come so far."""
RECENTLY_SECONDS = 10.0
"""A run that became overdue so shortly before somebody followed may have been read as it was before."""


@dataclass(frozen=True, slots=True)
class LogGrown:
    """The output of a run has this many bytes now."""

    tenant_id: TenantId
    run_id: RunId
    size: int


@dataclass(slots=True)
class _Live:
    tenant_id: TenantId
    started_at: datetime | None
    is_overdue: bool
    size: int = 0
    said: NotifyRecord | None = None


class LiveRuns:
    """The active runs of this host that belong to followed tenants, as last told."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._tenants: set[TenantId] = set()
        self._runs: dict[RunId, _Live] = {}
        self._sizes_at = float("-inf")
        self._waiting: dict[RunId, tuple[str | None, int]] = {}
        self._waiting_at = float("-inf")

    def look(
        self, uow: UnitOfWork, tenants: Collection[TenantId], changed: Iterable[Run]
    ) -> tuple[list[ShownRun], list[LogGrown | Said]]:
        """Runs that have become overdue, are so no longer or wait otherwise; output that has grown and what programs
        have said since the last look.

        `changed` are runs of these tenants that have moved meanwhile. To be called last in a turn: what it returns it
        returns once.
        """
        self._forget_others(tenants)
        grown: list[LogGrown | Said] = list(self._take_in(changed))
        if new := set(tenants) - self._tenants:
            self._take_in_tenants(uow, new)
        turned = [*self._turned(), *self._waiting_otherwise(uow)]
        found = [run for run in uow.host_runs.find_many(turned).values() if run.is_active]
        shown = show_runs(uow, found, self._portal.circumstances()) if found else ()
        now = self._portal.clock.monotonic()
        if now - self._sizes_at < SIZES_EVERY_SECONDS:
            return list(shown), grown
        self._sizes_at = now
        return list(shown), [*grown, *self._grown(), *self._said(uow)]

    def _said(self, uow: UnitOfWork) -> Iterator[Said]:
        """What programs have said of themselves since that was last told."""
        for said in uow.host_runs.list_said(self._portal.host_id) if self._runs else ():
            live = self._runs.get(said.run_id)
            if live is not None and live.said != said.said:
                live.said = said.said
                yield said

    def _forget_others(self, tenants: Collection[TenantId]) -> None:
        if gone := self._tenants.difference(tenants):
            self._tenants -= gone
            self._runs = {run_id: live for run_id, live in self._runs.items() if live.tenant_id not in gone}

    def _take_in(self, changed: Iterable[Run]) -> Iterator[LogGrown]:
        """Follow runs as they start and let go of them as they end, with their last size."""
        for run in changed:
            live = self._runs.get(run.id) or _Live(run.tenant_id, None, is_overdue=False)
            live.started_at = run.started_at
            if run.is_active and run.claimed_at is not None:
                self._runs[run.id] = live
                continue
            self._runs.pop(run.id, None)
            if not run.is_active:
                yield from self._growth(run.id, live)

    def _take_in_tenants(self, uow: UnitOfWork, new: Collection[TenantId]) -> None:
        now = self._portal.clock.now()
        for run in uow.host_runs.list_claimed(self._portal.host_id):
            if run.tenant_id in new:
                seconds = self._overdue_seconds(run.started_at, now)
                self._runs.setdefault(run.id, _Live(run.tenant_id, run.started_at, seconds > RECENTLY_SECONDS))
        self._tenants.update(new)
        self._sizes_at = float("-inf")  # whoever has come knows no sizes: they are all told, now
        self._waiting_at = float("-inf")

    def _turned(self) -> list[RunId]:
        """Runs for which the clock alone has changed what is to be said."""
        now = self._portal.clock.now()
        turned = []
        for run_id, live in self._runs.items():
            is_overdue = self._overdue_seconds(live.started_at, now) > 0
            if is_overdue != live.is_overdue:
                live.is_overdue = is_overdue
                turned.append(run_id)
        return turned

    def _waiting_otherwise(self, uow: UnitOfWork) -> list[RunId]:
        """Pending runs that wait for something else than was told, or in another place."""
        now = self._portal.clock.monotonic()
        if now - self._waiting_at < WAITING_EVERY_SECONDS:
            return []
        self._waiting_at = now
        waiting = uow.host_runs.waiting(self._portal.host_id, self._tenants, FIRST_WAITING)
        # Of a run not seen before its own event tells the place, and that nobody has said what it waits for.
        changed = [run_id for run_id, said in waiting.items() if self._waiting.get(run_id, (None, said[1])) != said]
        self._waiting = waiting
        return changed

    def _overdue_seconds(self, started_at: datetime | None, now: datetime) -> float:
        """For how long a run has been overdue; negative while it is not."""
        if started_at is None:
            return float("-inf")
        return (now - started_at - self._portal.overdue_after).total_seconds()

    def _grown(self) -> Iterator[LogGrown]:
        for run_id, live in self._runs.items():
            yield from self._growth(run_id, live)

    def _growth(self, run_id: RunId, live: _Live) -> Iterator[LogGrown]:
        size = size_of_log(self._portal.data.run_directory(run_id))
        if size > live.size:
            live.size = size
            yield LogGrown(live.tenant_id, run_id, size)
