"""Schedules: read back as stored, found when they are due, and told of by the statement of a sweep."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from addon_portal.domain.errors import InvalidRequest, NotFound
from addon_portal.domain.ids import ProjectId, new_run_id
from addon_portal.domain.models import RestartCause
from addon_portal.domain.restarts import repeat
from addon_portal.domain.schedules import Schedule, ScheduleEvent, ScheduleResult, WhenMissed, WhenRunning
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.values import Awaiting
from tests.contract.storage.world import World

HOUR = timedelta(hours=1)


def new_schedule(world: World, project_id: ProjectId, next_at: datetime | None = None, **changes: object) -> Schedule:
    """One that is not stored."""
    now = world.now()
    schedule = Schedule(
        project_id=project_id,
        tenant_id=world.alice.id,
        host_id=world.host.id,
        cron="0 3 * * *",
        time_zone="Europe/Berlin",
        when_running=WhenRunning.QUEUE,
        when_missed=WhenMissed.RUN_ONCE,
        created_at=now,
        updated_at=now,
        updated_by="key:ada",
        planned_at=now,
        next_at=next_at or now + HOUR,
    )
    return replace(schedule, **changes)  # type: ignore[arg-type]


def add(
    world: World, next_at: datetime | None = None, project_id: ProjectId | None = None, **changes: object
) -> Schedule:
    """A stored one, of a new project unless one is named."""
    schedule = new_schedule(world, project_id or world.add_project().id, next_at, **changes)
    put(world, schedule)
    return schedule


def put(world: World, schedule: Schedule) -> None:
    with world.storage.write() as uow:
        Schedules(uow).put(world.scope, schedule)


def observe(world: World) -> Awaiting:
    """What a sweep is told."""
    with world.storage.write() as uow:
        return uow.hosts.record_observed(world.host.id, world.now(), "boot", 1)


def due(world: World, now: datetime, limit: int = 9) -> tuple[Schedule, ...]:
    with world.storage.read() as uow:
        return Schedules(uow).list_due(world.host.id, now, limit)


def free(world: World) -> tuple[Schedule, ...]:
    with world.storage.read() as uow:
        return Schedules(uow).list_free(world.host.id, 9)


def test_what_was_stored_is_read_back(world: World) -> None:
    now = world.now()
    event = ScheduleEvent(now, now - HOUR, ScheduleResult.STARTED, "it was late", new_run_id(now))
    schedule = add(world, queued_for=now, started=1, skipped=2, missed=3, refused=4, last=event)
    with world.storage.read() as uow:
        assert Schedules(uow).find(world.scope, schedule.project_id) == schedule
        assert Schedules(uow).get(world.scope, schedule.project_id) == schedule


def test_a_project_has_one_and_the_newer_takes_the_place_of_the_older(world: World) -> None:
    first = add(world)
    second = replace(first, cron="@daily", next_at=None, paused_at=world.now(), paused_by="key:bob", missed=7)
    put(world, second)
    with world.storage.read() as uow:
        assert Schedules(uow).get(world.scope, first.project_id) == second


def test_it_can_be_taken_away_once(world: World) -> None:
    schedule = add(world)
    with world.storage.write() as uow:
        assert Schedules(uow).delete(world.scope, schedule.project_id)
        assert not Schedules(uow).delete(world.scope, schedule.project_id)
        with pytest.raises(NotFound):
            Schedules(uow).get(world.scope, schedule.project_id)


def test_they_are_listed_with_their_projects_newest_first_page_by_page(world: World) -> None:
    made = [add(world) for _ in range(3)]
    with world.storage.read() as uow:
        first = Schedules(uow).list_page(world.scope, limit=2)
        rest = Schedules(uow).list_page(world.scope, limit=2, cursor=first.next_cursor)
        names = [uow.projects.get(world.scope, each.project_id).name for each in made]
        with pytest.raises(InvalidRequest):
            Schedules(uow).list_page(world.scope, limit=2, cursor="x")
    assert [*first.items, *rest.items] == [*zip(made, names, strict=True)][::-1]
    assert rest.next_cursor is None


def test_what_is_due_is_found_the_longest_ago_first(world: World) -> None:
    now = world.now()
    later, soon, past = (add(world, now + each * HOUR) for each in (3, 1, -1))
    assert due(world, now) == (past,)
    assert due(world, now + 3 * HOUR) == (past, soon, later)
    assert due(world, now + 3 * HOUR, 1) == (past,)
    put(world, replace(past, next_at=None, paused_at=now, paused_by="key:ada"))
    assert due(world, now) == ()


def test_a_sweep_is_told_of_the_next_time_and_of_what_waits(world: World) -> None:
    assert observe(world) == Awaiting(False, False, None, False)
    now = world.now()
    add(world, now + 2 * HOUR)
    waiting = add(world, now + HOUR, queued_for=now)
    assert observe(world) == Awaiting(False, False, now + HOUR, True)
    put(world, replace(waiting, next_at=None, queued_for=None))
    assert observe(world) == Awaiting(
        bulk_restart=False, retention=False, schedule_at=now + 2 * HOUR, queued_schedule=False
    )


def test_a_time_that_waits_is_free_when_no_run_is_active_or_to_come(world: World) -> None:
    run = world.add_running()
    waiting = add(world, project_id=run.project_id, queued_for=world.now())
    add(world)
    assert free(world) == ()
    world.apply(world.ended(run.id))
    assert free(world) == (waiting,)
    now = world.now()
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.schedule(repeat(run, new_run_id(now), RestartCause.POLICY, "x", now, "alice"))
    assert free(world) == ()


def test_what_was_planned_by_a_clock_far_ahead_is_found(world: World) -> None:
    now = world.now()
    ahead = add(world, planned_at=now + 4 * HOUR, next_at=now + 5 * HOUR)
    add(world, planned_at=now + 2 * HOUR, next_at=now + 5 * HOUR)
    with world.storage.read() as uow:
        assert Schedules(uow).list_wrongly_planned(world.host.id, now) == (ahead,)


def test_other_hosts_have_their_own(world: World) -> None:
    schedule = add(world, world.now() - HOUR)
    with world.storage.read() as uow:
        other = type(schedule.host_id)("hst_other")
        assert Schedules(uow).list_due(other, world.now(), 9) == ()
        assert Schedules(uow).list_free(other, 9) == ()
