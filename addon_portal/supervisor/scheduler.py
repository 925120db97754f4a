"""Schedules: making runs at the times that projects have asked for.

Promises that a time is kept once, whoever dies; that a project never gets two runs; that times at which nobody was
there are counted and said; and that a clock which was wrong stops no schedule. What is due next is told by the
statement with which a sweep says that it was made, and held until then. Leaves starting what it makes to `launcher`.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock, to_text
from addon_portal.domain.errors import DomainError, NotFound, OwnCommandForbidden, StorageBusy
from addon_portal.domain.ids import HostId, new_run_id
from addon_portal.domain.models import Project, Run, TenantScope
from addon_portal.domain.schedules import (
    CORRECTION,
    SCHEDULE_ACTOR,
    Schedule,
    ScheduleEvent,
    ScheduleResult,
    WhenRunning,
    decide,
    why_called_off,
)
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.storage.errors import ConstraintViolated
from addon_portal.storage.new_runs import Maker, make_run, workspace_for
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.values import Awaiting

if TYPE_CHECKING:
    from addon_portal.timetables.cron import Timetable

log = structlog.get_logger()

_AT_ONCE = 20
"""So many are seen to in one turn of the loop, lest others wait."""


@dataclass(slots=True)
class Scheduler:
    """Schedules of one host."""

    host_id: HostId
    clock: Clock
    _next_at: datetime | None = None
    _has_queued: bool = False
    _seen_at: datetime = field(init=False)
    """What the clock said when it was last looked at."""
    _is_clock_wrong: bool = True
    """Whether it may have been set back far since schedules were planned: at the start nobody knows."""

    def __post_init__(self) -> None:
        self._seen_at = self.clock.now()

    def learn(self, awaiting: Awaiting) -> None:
        """What a sweep was told: the next time, and whether one waits for the end of a run."""
        now = self.clock.now()
        self._is_clock_wrong |= self._seen_at - now > CORRECTION
        self._seen_at = now
        self._next_at, self._has_queued = awaiting.schedule_at, awaiting.queued_schedule

    @property
    def seconds_to_next(self) -> float:
        """How long until there is something to do; nothing or less when there is."""
        if self._has_queued:
            return 0.0
        if self._next_at is None:
            return math.inf
        return 0.0 if self._is_clock_wrong else (self._next_at - self.clock.now()).total_seconds()

    def make_due(self, storage: Storage) -> None:
        """See to what is due, some at a time. Raises StorageError and StorageBusy; then the next sweep tells of it."""
        now = self.clock.now()
        with storage.read() as uow:
            schedules = Schedules(uow)
            wrong = schedules.list_wrongly_planned(self.host_id, now) if self._is_clock_wrong else ()
            due = schedules.list_due(self.host_id, now, _AT_ONCE)
            free = schedules.list_free(self.host_id, _AT_ONCE) if self._has_queued else ()
        for schedule in wrong:
            self._see_to(storage, schedule, self._plan_anew)
        for schedule in due:
            self._see_to(storage, schedule, self._keep_time)
        for schedule in free:
            self._see_to(storage, schedule, self._keep_queued)
        self._is_clock_wrong = False
        if len(due) < _AT_ONCE:
            self._next_at, self._has_queued = None, False  # The next sweep tells.

    def _see_to(self, storage: Storage, schedule: Schedule, how: "Way") -> None:
        """See to one schedule in a transaction of its own, unless it was changed meanwhile."""
        faultpoints.reach("supervisor.schedule_due")
        try:
            with storage.write() as uow:
                project = _lock(uow, schedule)
                if project is not None:
                    Schedules(uow).put(TenantScope(schedule.tenant_id), how(uow, project, schedule))
        except (ConstraintViolated, LookupError, TypeError, ValueError) as error:
            log.exception("schedule_failed", project_id=schedule.project_id)
            self._pause(storage, schedule, f"{type(error).__name__}: {error}")
        faultpoints.reach("supervisor.schedule_kept")

    def _keep_time(self, uow: UnitOfWork, project: Project, schedule: Schedule) -> Schedule:
        """Its time has come."""
        now = self.clock.now()
        due = decide(schedule, _timetable(schedule).times_after, now)
        after = replace(schedule, next_at=due.next_at, planned_at=now, missed=schedule.missed + due.missed)
        why = None
        if due.last_missed is not None:
            why = f"nobody was there at {due.missed} of its times, the last of them {to_text(due.last_missed)}"
            log.warning("schedule_missed", project_id=schedule.project_id, missed=due.missed)
            after = replace(after, last=ScheduleEvent(now, due.last_missed, ScheduleResult.MISSED, why))
        if due.wanted is None:
            return after
        if not _is_busy(project):
            return self._start(uow, project, after, due.wanted, why)
        if schedule.when_running is WhenRunning.QUEUE and schedule.queued_for is None:
            event = ScheduleEvent(now, due.wanted, ScheduleResult.QUEUED, "the project was running")
            return replace(after, queued_for=due.wanted, last=event)
        why = "the project was running" + (", and a time waits already" if schedule.queued_for else "")
        event = ScheduleEvent(now, due.wanted, ScheduleResult.SKIPPED, why)
        return replace(after, skipped=after.skipped + 1, last=event)

    def _keep_queued(self, uow: UnitOfWork, project: Project, schedule: Schedule) -> Schedule:
        """The run has ended whose end a time has waited for."""
        assert schedule.queued_for is not None
        if _is_busy(project):
            return schedule
        after = replace(schedule, queued_for=None)
        why = why_called_off(schedule, project.latest_run)
        if why is None:
            return self._start(uow, project, after, schedule.queued_for, "it waited for the end of a run")
        event = ScheduleEvent(self.clock.now(), schedule.queued_for, ScheduleResult.CALLED_OFF, why)
        return replace(after, last=event)

    def _plan_anew(self, _uow: UnitOfWork, _project: Project, schedule: Schedule) -> Schedule:
        """What it was planned by was a clock that was wrong."""
        now = self.clock.now()
        log.warning("schedule_planned_anew", project_id=schedule.project_id, planned_at=to_text(schedule.planned_at))
        next_at = next(_timetable(schedule).times_after(now), None)
        return replace(schedule, next_at=next_at, planned_at=now, queued_for=None)

    def _start(
        self, uow: UnitOfWork, project: Project, schedule: Schedule, meant: datetime, why: str | None
    ) -> Schedule:
        """Make the run of a time, if the project may run."""
        now = self.clock.now()
        try:
            made = self._make_run(uow, project, meant, now)
        except StorageBusy:
            raise
        except DomainError as refusal:
            log.warning("schedule_refused", project_id=project.id, why=refusal.message)
            event = ScheduleEvent(now, meant, ScheduleResult.REFUSED, refusal.message)
            return replace(schedule, refused=schedule.refused + 1, last=event)
        log.info("scheduled_run", run_id=made.id, project_id=project.id, due_at=to_text(meant))
        event = ScheduleEvent(now, meant, ScheduleResult.STARTED, why, made.id)
        return replace(schedule, started=schedule.started + 1, last=event)

    def _make_run(self, uow: UnitOfWork, project: Project, meant: datetime, now: datetime) -> Run:
        definition = project.definition
        if definition.command is not None and not uow.tenants.get(project.tenant_id).may_run_own_commands:
            raise OwnCommandForbidden
        run_id = new_run_id(now)
        workspace = workspace_for(uow, project, definition, run_id, clean=False)
        new = make_run(project, definition, run_id, workspace, Maker(self.host_id, SCHEDULE_ACTOR, now))
        return uow.runs.insert(TenantScope(project.tenant_id), new, f"schedule of {to_text(meant)}")

    def _pause(self, storage: Storage, schedule: Schedule, why: str) -> None:
        """What cannot be kept would be tried again with every sweep. The project itself may be what cannot be read."""
        now = self.clock.now()
        meant = schedule.next_at or schedule.queued_for or now
        event = ScheduleEvent(now, meant, ScheduleResult.REFUSED, why)
        scope = TenantScope(schedule.tenant_id)
        with suppress(NotFound), storage.write() as uow:
            uow.projects.lock(scope, schedule.project_id)
            if Schedules(uow).find(scope, schedule.project_id) == schedule:
                paused = replace(schedule, next_at=None, queued_for=None, paused_at=now, paused_by=SCHEDULE_ACTOR)
                failed = replace(paused, refused=schedule.refused + 1, last=event)
                Schedules(uow).put(scope, failed)


Way = Callable[[UnitOfWork, Project, Schedule], Schedule]
"""Sees to a schedule of a project that is locked; returns it as it is then."""


def _lock(uow: UnitOfWork, schedule: Schedule) -> Project | None:
    """The project, locked; None where it is gone, and then its schedule too, or the schedule was changed meanwhile."""
    scope = TenantScope(schedule.tenant_id)
    try:
        project = uow.projects.get_locked(scope, schedule.project_id)
    except NotFound:
        Schedules(uow).delete(scope, schedule.project_id)
        return None
    return project if Schedules(uow).find(scope, schedule.project_id) == schedule else None


def _is_busy(project: Project) -> bool:
    """Whether it runs, or is about to be restarted."""
    is_active = project.latest_run is not None and project.latest_run.is_active
    return is_active or project.scheduled_restart is not None


def _timetable(schedule: Schedule) -> "Timetable":
    from addon_portal.timetables.cron import Timetable  # Where there are no schedules it is not loaded.

    return Timetable(schedule.cron, schedule.time_zone)
