"""Schedules: given to projects, shown with the times to come, paused, taken away.

Promises that an expression which cannot be read, or whose time never comes, is refused before anything is stored, and
that a change holds from then on: times before it are nobody's business. Making runs is the supervisor's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import InvalidRequest, NotFound
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.schedules import Schedule, WhenMissed, WhenRunning
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.values import Page

if TYPE_CHECKING:
    from addon_portal.timetables.cron import Timetable

SHOWN_TIMES = 5


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """What a project's schedule is to be."""

    cron: str
    time_zone: str
    when_running: WhenRunning
    when_missed: WhenMissed


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A schedule with the next times, each as it is everywhere and by the clocks of its zone."""

    schedule: Schedule
    project_name: str
    next_times: tuple[tuple[datetime, datetime], ...]


def put_schedule(
    portal: Portal, principal: Principal, project_id: ProjectId, draft: ScheduleDraft, *, dry_run: bool = False
) -> ShownSchedule:
    """Give a project this schedule; one that is paused stays so. With `dry_run` only show it.

    Raises InvalidRequest, NotFound.
    """
    now = portal.clock.now()
    _refuse_unfit(draft.cron, draft.time_zone, now)
    with portal.storage.read() if dry_run else portal.storage.write() as uow:
        get = uow.projects.get if dry_run else uow.projects.get_locked
        project = get(principal.scope, project_id)
        before = Schedules(uow).find(principal.scope, project_id) or _new(portal, principal, project_id, draft, now)
        changed = replace(
            before,
            host_id=portal.host_id,
            cron=draft.cron,
            time_zone=draft.time_zone,
            when_running=draft.when_running,
            when_missed=draft.when_missed,
            updated_at=now,
            updated_by=principal.actor,
            queued_for=None,
        )
        schedule = changed if changed.paused_at and not dry_run else _planned(changed, now)
        if not dry_run:
            Schedules(uow).put(principal.scope, schedule)
        return _show(schedule, project.name, now)


def next_times(portal: Portal, cron: str, time_zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """When a schedule would be due from now on, by the clock of everybody and of its zone. Raises InvalidRequest."""
    from addon_portal.timetables.cron import Timetable

    now = portal.clock.now()
    _refuse_unfit(cron, time_zone, now)
    timetable = Timetable(cron, time_zone)
    return tuple((time, timetable.local(time)) for time in islice(timetable.times_after(now), SHOWN_TIMES))


def _refuse_unfit(cron: str, time_zone: str, now: datetime) -> None:
    from addon_portal.timetables.cron import problems_of

    if problems := problems_of(cron, time_zone, now):
        raise InvalidRequest(problems)


def get_schedule(portal: Portal, principal: Principal, project_id: ProjectId) -> ShownSchedule:
    """The schedule of a project. Raises NotFound, for the project or its schedule."""
    with portal.storage.read() as uow:
        project = uow.projects.get(principal.scope, project_id)
        return _show(Schedules(uow).get(principal.scope, project_id), project.name, portal.clock.now())


def list_schedules(
    portal: Portal, principal: Principal, *, limit: int, cursor: str | None, project_id: ProjectId | None = None
) -> Page[ShownSchedule]:
    """A page of the tenant's schedules, newest project first; or that of one project, where it has one.

    Raises InvalidRequest; NotFound for that project.
    """
    now = portal.clock.now()
    with portal.storage.read() as uow:
        if project_id is not None:
            project = uow.projects.get(principal.scope, project_id)
            found = Schedules(uow).find(principal.scope, project_id)
            return Page(() if found is None else (_show(found, project.name, now),), None)
        page = Schedules(uow).list_page(principal.scope, limit=limit, cursor=cursor)
    return Page(tuple(_show(schedule, name, now) for schedule, name in page.items), page.next_cursor)


def delete_schedule(portal: Portal, principal: Principal, project_id: ProjectId) -> None:
    """Take a project's schedule away; what it has started goes on. Raises NotFound."""
    with portal.storage.write() as uow:
        uow.projects.lock(principal.scope, project_id)
        if not Schedules(uow).delete(principal.scope, project_id):
            raise NotFound("schedule", project_id)


def pause(portal: Portal, principal: Principal, project_id: ProjectId) -> ShownSchedule:
    """Keep no time from now on, nor one that waits for the end of a run. Raises NotFound."""

    def change(schedule: Schedule, now: datetime) -> Schedule:
        if schedule.paused_at is not None:
            return schedule
        return replace(schedule, next_at=None, queued_for=None, paused_at=now, paused_by=principal.actor)

    return _change(portal, principal, project_id, change)


def resume(portal: Portal, principal: Principal, project_id: ProjectId) -> ShownSchedule:
    """Keep the times from now on; those of the pause are not made up for. Raises NotFound."""

    def change(schedule: Schedule, now: datetime) -> Schedule:
        if schedule.paused_at is None:
            return schedule
        return _planned(replace(schedule, paused_at=None, paused_by=None), now)

    return _change(portal, principal, project_id, change)


def _change(
    portal: Portal, principal: Principal, project_id: ProjectId, change: Callable[[Schedule, datetime], Schedule]
) -> ShownSchedule:
    now = portal.clock.now()
    with portal.storage.write() as uow:
        project = uow.projects.get_locked(principal.scope, project_id)
        before = Schedules(uow).get(principal.scope, project_id)
        after = change(before, now)
        if after != before:
            after = replace(after, updated_at=now, updated_by=principal.actor)
            Schedules(uow).put(principal.scope, after)
        return _show(after, project.name, now)


def _new(portal: Portal, principal: Principal, project_id: ProjectId, draft: ScheduleDraft, now: datetime) -> Schedule:
    return Schedule(
        project_id=project_id,
        tenant_id=principal.tenant.id,
        host_id=portal.host_id,
        cron=draft.cron,
        time_zone=draft.time_zone,
        when_running=draft.when_running,
        when_missed=draft.when_missed,
        created_at=now,
        updated_at=now,
        updated_by=principal.actor,
        planned_at=now,
        next_at=None,
    )


def _planned(schedule: Schedule, now: datetime) -> Schedule:
    return replace(schedule, planned_at=now, next_at=next(_timetable(schedule).times_after(now), None))


def _show(schedule: Schedule, project_name: str, now: datetime) -> ShownSchedule:
    """With the times to come, the one that is due among them."""
    first = schedule.next_at
    if first is None:
        return ShownSchedule(schedule, project_name, ())
    timetable = _timetable(schedule)
    times = (first, *islice(timetable.times_after(max(first, now)), SHOWN_TIMES - 1))
    return ShownSchedule(schedule, project_name, tuple((time, timetable.local(time)) for time in times))


def _timetable(schedule: Schedule) -> "Timetable":
    from addon_portal.timetables.cron import Timetable  # Loaded by those who have schedules.

    return Timetable(schedule.cron, schedule.time_zone)
