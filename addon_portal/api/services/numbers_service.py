"""A tenant's numbers: how things stand now, and how runs went over time. Reads and changes nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_found
from addon_portal.api.services.shown import ShownRun
from addon_portal.auth.policies import Principal
from addon_portal.domain.clock import to_text
from addon_portal.domain.errors import FieldProblem, InvalidRequest
from addon_portal.domain.health import UNREACHABLE_AFTER, health_from
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.states import ACTIVE, Health, RunState
from addon_portal.storage.numbers import Durations, Finished, Numbers, Overview, Slot

RECENTLY = timedelta(hours=24)
"""The time of which the status tells what has become final."""
MOST_SLOTS = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SlotWidth(StrEnum):
    """How long a stretch of time is of which numbers are told. Both begin with their hour and day of UTC."""

    HOUR = "hour"
    DAY = "day"


_WIDTHS = {SlotWidth.HOUR: timedelta(hours=1), SlotWidth.DAY: timedelta(days=1)}
_USUAL = {SlotWidth.HOUR: 24, SlotWidth.DAY: 30}
"""So many slots are told by default, the one that has just begun among them."""


@dataclass(frozen=True, slots=True)
class TenantStatus:
    """How many runs stand where, and since when nobody has looked after them, if so."""

    projects: int
    active_runs: Mapping[RunState, int]
    health: Mapping[Health, int]
    finished: Finished
    observed_at: datetime | None
    is_unreachable: bool
    failed: tuple[ShownRun, ...]
    running: tuple[ShownRun, ...]
    waiting: tuple[ShownRun, ...]


@dataclass(frozen=True, slots=True)
class StatsRequest:
    """Of which time and of what numbers are asked for; None for what is usual, or for all projects."""

    width: SlotWidth
    since: datetime | None
    until: datetime | None
    project_id: ProjectId | None


@dataclass(frozen=True, slots=True)
class TenantStats:
    """Every slot of [since, until), also those in which nothing happened."""

    since: datetime
    until: datetime
    slots: tuple[Slot, ...]
    finished: Finished
    durations: Durations


def get_status(portal: Portal, principal: Principal, limit: int) -> TenantStatus:
    """The tenant's numbers at a glance, with lists of at most so many runs."""
    around = portal.circumstances()
    with portal.storage.glance() as uow:
        found = Numbers(uow).overview(
            principal.scope,
            portal.host_id,
            overdue_before=around.now - around.overdue_after,
            seen_after=around.now - UNREACHABLE_AFTER,
            finished_after=around.now - RECENTLY,
            limit=limit,
        )
    return TenantStatus(
        projects=found.projects,
        active_runs=_count_states(found),
        health=_count_health(found),
        finished=found.finished,
        observed_at=found.observed_at,
        is_unreachable=found.observed_at is None or around.now - found.observed_at > UNREACHABLE_AFTER,
        failed=show_found(found.failed, around),
        running=show_found(found.running, around),
        waiting=show_found(found.waiting, around),
    )


def get_stats(portal: Portal, principal: Principal, asked: StatsRequest) -> TenantStats:
    """How runs went, slot by slot. Raises NotFound for a project, InvalidRequest for a time."""
    width = _WIDTHS[asked.width]
    since, until = _window(asked, width, portal.clock.now())
    with portal.storage.read() as uow:
        if asked.project_id is not None:
            uow.projects.get(principal.scope, asked.project_id)
        found = Numbers(uow).stats(principal.scope, asked.project_id, since, until, width)
    filled = {slot.at: slot for slot in found.slots}
    every = [since + number * width for number in range((until - since) // width)]
    slots = tuple(filled.get(at) or Slot(at, Finished(), Durations()) for at in every)
    return TenantStats(since, until, slots, _sum(slots), found.durations)


def _window(asked: StatsRequest, width: timedelta, now: datetime) -> tuple[datetime, datetime]:
    """Whole slots that hold the time that was asked for."""
    until = _round_up(asked.until or now, width)
    since = until - _USUAL[asked.width] * width if asked.since is None else _round_down(asked.since, width)
    if since >= until:
        raise InvalidRequest([FieldProblem("since", "a time before until", to_text(asked.since or since))])
    if (until - since) // width > MOST_SLOTS:
        expected = f"at most {MOST_SLOTS} {asked.width}s before until"
        raise InvalidRequest([FieldProblem("since", expected, to_text(since))])
    return since, until


def _round_down(moment: datetime, width: timedelta) -> datetime:
    return _EPOCH + (moment - _EPOCH) // width * width


def _round_up(moment: datetime, width: timedelta) -> datetime:
    return _EPOCH - (_EPOCH - moment) // width * width


def _count_states(found: Overview) -> dict[RunState, int]:
    counts = Counter[RunState]()
    for alike in found.active:
        counts[alike.state] += alike.count
    return {state: counts[state] for state in RunState if state in ACTIVE}


def _count_health(found: Overview) -> dict[Health, int]:
    """Each active run once, under the first of what holds for it."""
    counts = Counter[Health]()
    for alike in found.active:
        first, *_ = health_from(alike.state, alike.conditions, is_unseen=alike.is_unseen, is_overdue=alike.is_overdue)
        counts[first] += alike.count
    return {health: counts[health] for health in Health}


def _sum(slots: tuple[Slot, ...]) -> Finished:
    each = [slot.finished for slot in slots]
    return Finished(
        completed=sum(one.completed for one in each),
        failed=sum(one.failed for one in each),
        unknown=sum(one.unknown for one in each),
        cancelled=sum(one.cancelled for one in each),
    )
