"""Schedules: when projects run by themselves, and what becomes of times that nobody was there for.

Pure. A schedule names one time to come; `decide` says what follows when that has come. A time is kept if somebody looks
within `ON_TIME` of it, and missed otherwise. Leaves which times there are to `timetables`, and making runs to others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restart_policy import POLICY_ACTOR

SCHEDULE_ACTOR = "schedule"
"""How journal and runs name a schedule that asked for a run."""
ON_TIME = timedelta(seconds=60)
"""A supervisor that is started anew within this time misses nothing."""
CORRECTION = timedelta(hours=3)
"""A clock that is set back by more was wrong before: what was planned by it is planned anew. As cron(8) has it."""
MOST_COUNTED = 1000
"""So many missed times are counted at once; there may have been more."""

TimesAfter = Callable[[datetime], Iterator[datetime]]


class WhenRunning(StrEnum):
    """What is done at a time at which the project is running."""

    SKIP = "skip"
    QUEUE = "queue"
    """Run when it has ended; one time at most waits."""


class WhenMissed(StrEnum):
    """What is done about times that were missed."""

    SKIP = "skip"
    RUN_ONCE = "run_once"
    """One run for all of them."""


class ScheduleResult(StrEnum):
    """What became of a time."""

    STARTED = "started"
    QUEUED = "queued"
    SKIPPED = "skipped"
    """The project was running."""
    MISSED = "missed"
    """Nobody was there."""
    REFUSED = "refused"
    """The project may not run."""
    CALLED_OFF = "called_off"
    """It waited for the end of a run, and somebody ran or stopped the project."""


@dataclass(frozen=True, slots=True)
class ScheduleEvent:
    """What became of the last time: `due_at` is the time that was meant, `at` when it was decided."""

    at: datetime
    due_at: datetime
    result: ScheduleResult
    why: str | None = None
    run_id: RunId | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a project runs by itself. Without `next_at` it is paused, or no time will come any more."""

    project_id: ProjectId
    tenant_id: TenantId
    host_id: HostId
    cron: str
    time_zone: str
    when_running: WhenRunning
    when_missed: WhenMissed
    created_at: datetime
    updated_at: datetime
    updated_by: str
    planned_at: datetime
    """When `next_at` was worked out, by the clock of then."""
    next_at: datetime | None
    paused_at: datetime | None = None
    paused_by: str | None = None
    queued_for: datetime | None = None
    """The time that waits for the end of a run."""
    started: int = 0
    skipped: int = 0
    missed: int = 0
    refused: int = 0
    last: ScheduleEvent | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What follows now: a run for a time, or None; how many times were missed, and the last of them."""

    wanted: datetime | None
    missed: int
    last_missed: datetime | None
    next_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether the run makes up for what was missed."""
        return self.wanted is not None and self.wanted == self.last_missed


def decide(schedule: Schedule, times_after: TimesAfter, now: datetime) -> Due:
    """What follows, now that the schedule's time has come."""
    assert schedule.next_at is not None
    assert schedule.next_at <= now
    on_time = None
    before = max(schedule.next_at, now - ON_TIME) - timedelta(microseconds=1)
    for time in times_after(before):
        if time > now:
            break
        on_time = time
    missed, last_missed = _count_missed(schedule.next_at, times_after, on_time, now)
    wanted = on_time
    if wanted is None and schedule.when_missed is WhenMissed.RUN_ONCE:
        wanted = last_missed
    return Due(wanted, missed, last_missed, next(times_after(now), None))


def is_planned_by_a_wrong_clock(schedule: Schedule, now: datetime) -> bool:
    """Whether the clock has been set back so far since that what it said was wrong."""
    return schedule.planned_at - now > CORRECTION


def why_called_off(schedule: Schedule, latest: Run | None) -> str | None:
    """Why a time that waited for the end of a run is not kept any more; None where it is.

    Whatever somebody asks for takes its place, as with restarts that are to come.
    """
    assert schedule.queued_for is not None
    if latest is None:
        return None
    if latest.reason is Reason.STOPPED_BY_PERSON:
        return "somebody stopped the project"
    is_ours = latest.requested_by in {SCHEDULE_ACTOR, POLICY_ACTOR}
    if latest.requested_at > schedule.queued_for and not is_ours:
        return "somebody ran the project"
    return None


def _count_missed(
    first: datetime, times_after: TimesAfter, on_time: datetime | None, now: datetime
) -> tuple[int, datetime | None]:
    """How many times from the first on nobody was there for, and the last of those that were counted."""
    missed, last = 0, None
    for time in times_after(first - timedelta(microseconds=1)):
        if time > now or time == on_time or missed == MOST_COUNTED:
            break
        missed, last = missed + 1, time
    return missed, last
