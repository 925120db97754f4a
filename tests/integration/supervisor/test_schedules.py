"""Runs that schedules make: on time, once, beside no other, over deaths, stepped clocks and clocks that are set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from addon_portal.domain.ids import ProjectId, RunId, new_run_id
from addon_portal.domain.models import RestartCause, Run
from addon_portal.domain.restarts import repeat
from addon_portal.domain.schedules import Schedule, ScheduleResult, WhenMissed, WhenRunning
from addon_portal.domain.states import RunState
from addon_portal.storage.schedules import Schedules
from addon_portal.timetables.cron import Timetable
from tests.integration.supervisor.desk import BEGINNING, Desk
from tests.support.host import SupervisedHost

HOUR = 3600.0
CODE_3 = 3 << 8
HOURLY = "0 * * * *"


def put(
    host: Desk | SupervisedHost,
    project_id: ProjectId,
    cron: str = HOURLY,
    zone: str = "UTC",
    when_running: WhenRunning = WhenRunning.SKIP,
    when_missed: WhenMissed = WhenMissed.SKIP,
    next_at: datetime | None = None,
) -> None:
    """Give a project a schedule, as the API does."""
    now = host.clock.now()
    next_at = next_at or next(Timetable(cron, zone).times_after(now))
    schedule = Schedule(
        *(project_id, host.scope.tenant_id, host.host_id, cron, zone, when_running, when_missed),
        *(now, now, "key:ada", now, next_at),
    )
    with host.storage.write() as uow:
        Schedules(uow).put(host.scope, schedule)


def get(host: Desk | SupervisedHost, project_id: ProjectId) -> Schedule:
    with host.storage.read() as uow:
        return Schedules(uow).get(host.scope, project_id)


def counts(desk: Desk, project_id: ProjectId) -> tuple[int, int, int, int]:
    """How many times were kept, left out, missed and refused."""
    schedule = get(desk, project_id)
    return schedule.started, schedule.skipped, schedule.missed, schedule.refused


def last(desk: Desk, project_id: ProjectId) -> ScheduleResult | None:
    event = get(desk, project_id).last
    return None if event is None else event.result


def scheduled(desk: Desk, **how: str | WhenRunning | WhenMissed) -> ProjectId:
    """A project with a schedule that the supervisor knows of."""
    project_id = desk.add_project()
    put(desk, project_id, **how)  # type: ignore[arg-type]
    desk.turn()
    return project_id


def sleep(desk: Desk, seconds: float) -> None:
    """Let time pass with the sweeps that follow it."""
    desk.turn(seconds)
    desk.settle()
    desk.turn()
    desk.settle()


def until(desk: Desk, seconds_after_beginning: float) -> float:
    """How long that is from now, by the wall clock."""
    return seconds_after_beginning - (desk.clock.now() - BEGINNING).total_seconds()


def runs(desk: Desk, project_id: ProjectId) -> list[Run]:
    """The project's runs, oldest first."""
    with desk.storage.read() as uow:
        return list(uow.runs.list_page(desk.scope, limit=200, project_id=project_id).items)[::-1]


def finish(desk: Desk, run_id: RunId, status: int = 0) -> None:
    desk.host.finish(run_id, status)
    desk.settle()


def test_a_run_is_made_at_its_time_and_says_why(desk: Desk) -> None:
    project_id = scheduled(desk)
    desk.turn(until(desk, HOUR) - 0.5)
    desk.settle()
    assert runs(desk, project_id) == []
    sleep(desk, until(desk, HOUR))
    (run,) = runs(desk, project_id)
    assert (run.state, run.requested_by) == (RunState.RUNNING, "schedule")
    assert desk.journal(run.id)[0].cause == "schedule of 2026-11-23T13:00:00.000000Z"
    schedule = get(desk, project_id)
    assert schedule.next_at == BEGINNING + timedelta(hours=2)
    assert schedule.last is not None
    assert (schedule.last.result, schedule.last.run_id) == (ScheduleResult.STARTED, run.id)
    assert counts(desk, project_id) == (1, 0, 0, 0)


def test_it_repeats_what_the_project_is_then_in_its_workspace(desk: Desk) -> None:
    project_id = scheduled(desk)
    with desk.storage.write() as uow:
        newest = replace(uow.projects.get(desk.scope, project_id).definition, parameters={"day": 8})
        uow.projects.add_definition(desk.scope, project_id, newest)
    for hour in (1, 2):
        sleep(desk, until(desk, hour * HOUR))
        finish(desk, runs(desk, project_id)[-1].id)
    first, second = runs(desk, project_id)
    assert (first.definition_version, first.parameters, first.restart_of) == (2, {"day": 8}, None)
    assert first.workspace == second.workspace == f"{project_id}/{first.id}"


def test_a_project_that_runs_is_left_alone_and_that_is_counted(desk: Desk) -> None:
    project_id = scheduled(desk)
    run_id = desk.request(project_id)
    sleep(desk, until(desk, HOUR))
    assert [run.id for run in runs(desk, project_id)] == [run_id]
    assert counts(desk, project_id) == (0, 1, 0, 0)
    assert last(desk, project_id) is ScheduleResult.SKIPPED
    finish(desk, run_id)
    sleep(desk, 30)
    assert len(runs(desk, project_id)) == 1
    sleep(desk, until(desk, 2 * HOUR))
    assert len(runs(desk, project_id)) == 2


def test_one_time_waits_for_the_end_of_a_run_and_no_more(desk: Desk) -> None:
    project_id = scheduled(desk, when_running=WhenRunning.QUEUE)
    run_id = desk.request(project_id)
    for hour in (1, 2, 3):
        sleep(desk, until(desk, hour * HOUR))
    assert get(desk, project_id).queued_for == BEGINNING + timedelta(hours=1)
    assert counts(desk, project_id) == (0, 2, 0, 0)
    desk.restart_supervisor()
    sleep(desk, 1)
    finish(desk, run_id)
    sleep(desk, 1)
    sleep(desk, 1)
    assert [run.requested_by for run in runs(desk, project_id)] == ["key:ada", "schedule"]
    assert desk.journal(runs(desk, project_id)[-1].id)[0].cause == "schedule of 2026-11-23T13:00:00.000000Z"
    assert get(desk, project_id).queued_for is None
    assert counts(desk, project_id) == (1, 2, 0, 0)


def test_what_waits_is_called_off_when_somebody_stops_the_project(desk: Desk) -> None:
    project_id = scheduled(desk, when_running=WhenRunning.QUEUE)
    run_id = desk.request(project_id)
    sleep(desk, until(desk, HOUR))
    desk.request_stop(run_id)
    desk.settle()
    assert desk.get(run_id).state is RunState.CANCELLED
    sleep(desk, 5)
    assert len(runs(desk, project_id)) == 1
    assert (last(desk, project_id), get(desk, project_id).queued_for) == (ScheduleResult.CALLED_OFF, None)


def test_a_restart_that_is_to_come_goes_first(desk: Desk) -> None:
    project_id = scheduled(desk)
    run_id = desk.request(project_id)
    desk.settle()
    finish(desk, run_id, CODE_3)
    now = desk.clock.now()
    later = repeat(desk.get(run_id), new_run_id(now), RestartCause.POLICY, "exit_code", now, "restart policy")
    due = replace(later, due_at=now + timedelta(hours=5), delay_seconds=5 * HOUR)
    with desk.storage.write() as uow:
        assert uow.scheduled_restarts.schedule(due)
    sleep(desk, until(desk, HOUR))
    assert len(runs(desk, project_id)) == 1
    assert counts(desk, project_id) == (0, 1, 0, 0)


@pytest.mark.parametrize(("when_missed", "made"), [(WhenMissed.SKIP, 0), (WhenMissed.RUN_ONCE, 1)])
def test_times_without_a_supervisor_are_counted_and_made_up_for_once_if_at_all(
    desk: Desk, when_missed: WhenMissed, made: int
) -> None:
    project_id = scheduled(desk, when_missed=when_missed)
    desk.executor.close()
    desk.clock.advance(5.5 * HOUR)
    desk.start_supervisor()
    sleep(desk, 1)
    assert len(runs(desk, project_id)) == made
    assert counts(desk, project_id) == (made, 0, 5, 0)
    event = get(desk, project_id).last
    assert event is not None
    assert event.why == "nobody was there at 5 of its times, the last of them 2026-11-23T17:00:00.000000Z"
    assert get(desk, project_id).next_at == BEGINNING + timedelta(hours=6)
    desk.restart_supervisor()
    sleep(desk, 1)
    assert counts(desk, project_id) == (made, 0, 5, 0)


def test_a_supervisor_that_is_started_anew_at_the_time_misses_nothing(desk: Desk) -> None:
    project_id = scheduled(desk)
    desk.executor.close()
    desk.clock.advance(until(desk, HOUR) + 40)
    desk.start_supervisor()
    sleep(desk, 1)
    assert counts(desk, project_id) == (1, 0, 0, 0)


def test_a_clock_that_is_set_ahead_by_hours_makes_no_burst(desk: Desk) -> None:
    project_id = scheduled(desk)
    desk.clock.step(9.5 * HOUR)
    sleep(desk, 1)
    assert runs(desk, project_id) == []
    assert counts(desk, project_id) == (0, 0, 9, 0)
    assert get(desk, project_id).next_at == BEGINNING + timedelta(hours=10)


def test_a_clock_that_is_set_back_by_less_than_three_hours_repeats_no_time(desk: Desk) -> None:
    project_id = scheduled(desk)
    sleep(desk, until(desk, HOUR))
    finish(desk, runs(desk, project_id)[-1].id)
    desk.clock.step(-1.5 * HOUR)
    sleep(desk, until(desk, HOUR))
    sleep(desk, until(desk, HOUR + 60))
    assert len(runs(desk, project_id)) == 1
    sleep(desk, until(desk, 2 * HOUR))
    assert len(runs(desk, project_id)) == 2


@pytest.mark.parametrize("anew", [False, True])
def test_a_clock_that_was_far_ahead_stops_no_schedule(desk: Desk, anew: bool) -> None:
    project_id = desk.add_project()
    desk.turn()
    desk.clock.step(1000 * 24 * HOUR)
    put(desk, project_id)
    sleep(desk, 1)
    desk.clock.step(-1000 * 24 * HOUR)
    if anew:
        desk.restart_supervisor()
    sleep(desk, 1)
    sleep(desk, 1)
    assert get(desk, project_id).next_at == BEGINNING + timedelta(hours=1)
    sleep(desk, until(desk, HOUR))
    assert counts(desk, project_id) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("eve", "moments"),
    [
        (
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            ["03-29T01:00", "03-30T00:30"],
        ),  # 03:00 by the clocks, since they skip 2:30
        (datetime(2026, 10, 24, 12, tzinfo=UTC), ["10-25T00:30", "10-26T01:30"]),  # 02:30 for the first time, not again
    ],
)
def test_when_clocks_are_set_for_summer_a_time_comes_once_a_day(desk: Desk, eve: datetime, moments: list[str]) -> None:
    desk.clock.step((eve - BEGINNING).total_seconds())
    project_id = scheduled(desk, cron="30 2 * * *", zone="Europe/Berlin")
    for minutes in range(30, 48 * 60, 30):
        sleep(desk, (eve + timedelta(minutes=minutes) - desk.clock.now()).total_seconds())
        for run in runs(desk, project_id):
            if run.state is RunState.RUNNING:
                finish(desk, run.id)
    made = [f"{run.requested_at:%m-%dT%H:%M}" for run in runs(desk, project_id)]
    assert made == moments
    assert counts(desk, project_id) == (2, 0, 0, 0)


def test_during_a_drain_the_run_waits_and_says_so_and_there_is_no_second(desk: Desk) -> None:
    project_id = scheduled(desk)
    with desk.storage.write() as uow:
        uow.hosts.drain(desk.host_id, desk.clock.now(), "key:ops")
    for hour in (1, 2, 3):
        sleep(desk, until(desk, hour * HOUR))
    (run,) = runs(desk, project_id)
    assert run.state is RunState.PENDING
    assert counts(desk, project_id) == (1, 2, 0, 0)
    with desk.storage.write() as uow:
        uow.hosts.end_drain(desk.host_id)
    desk.settle()
    assert desk.get(run.id).state is RunState.RUNNING


def test_a_deleted_project_loses_its_schedule(desk: Desk) -> None:
    project_id = scheduled(desk)
    with desk.storage.write() as uow:
        uow.projects.soft_delete(desk.scope, project_id, desk.clock.now())
    sleep(desk, until(desk, HOUR))
    with desk.storage.read() as uow:
        assert Schedules(uow).find(desk.scope, project_id) is None
        assert uow.runs.latest(desk.scope, project_id) is None


def test_a_tenant_without_the_right_to_own_commands_gets_no_run(desk: Desk) -> None:
    project_id = scheduled(desk)
    with desk.storage.write() as uow:
        uow.tenants.update_limits(desk.scope.tenant_id, max_concurrent_runs=None, may_run_own_commands=False)
    sleep(desk, until(desk, HOUR))
    assert runs(desk, project_id) == []
    assert counts(desk, project_id) == (0, 0, 0, 1)
    assert last(desk, project_id) is ScheduleResult.REFUSED


def test_one_that_cannot_be_read_is_paused_and_keeps_no_other_from_its_time(desk: Desk) -> None:
    broken, fine = scheduled(desk), scheduled(desk)
    with desk.storage.write() as uow:
        uow.connection.change("UPDATE schedules SET cron = 'x' WHERE project_id = :id", {"id": broken})
    sleep(desk, until(desk, HOUR))
    assert counts(desk, fine) == (1, 0, 0, 0)
    paused = get(desk, broken)
    assert (paused.paused_by, paused.refused, paused.next_at) == ("schedule", 1, None)
    assert paused.last is not None
    assert "'x' in 'UTC' cannot be read" in str(paused.last.why)


@pytest.mark.parametrize("damaged", ["", "{", "[]", "7", '{"at": 5}', '{"at": "x", "due_at": "", "result": "?"}'])
def test_what_happened_last_may_be_unreadable_and_is_known_again_after_the_next_time(desk: Desk, damaged: str) -> None:
    broken, fine = scheduled(desk), scheduled(desk)
    with desk.storage.write() as uow:
        uow.connection.change(
            "UPDATE schedules SET last = :last WHERE project_id = :id", {"id": broken, "last": damaged}
        )
    assert get(desk, broken).last is None
    sleep(desk, until(desk, HOUR))
    assert counts(desk, broken) == counts(desk, fine) == (1, 0, 0, 0)
    assert last(desk, broken) is ScheduleResult.STARTED


def test_a_project_that_cannot_be_read_keeps_no_other_from_its_time(desk: Desk) -> None:
    broken, fine = scheduled(desk), scheduled(desk)
    with desk.storage.write() as uow:
        damage = "UPDATE definitions SET parameters = '{' WHERE project_id = :id"
        uow.connection.change(damage, {"id": broken})
    sleep(desk, until(desk, HOUR))
    assert counts(desk, fine) == (1, 0, 0, 0)
    paused = get(desk, broken)
    assert (paused.paused_by, paused.refused, paused.next_at) == ("schedule", 1, None)
    sleep(desk, until(desk, 2 * HOUR))
    assert counts(desk, fine) == (1, 1, 0, 0), "it still runs, and that is seen to as ever"


def test_many_that_are_due_at_once_are_all_made(desk: Desk) -> None:
    projects = [scheduled(desk) for _ in range(45)]
    sleep(desk, until(desk, HOUR))
    assert {counts(desk, project_id) for project_id in projects} == {(1, 0, 0, 0)}


def test_without_schedules_nothing_is_asked_for(desk: Desk) -> None:
    desk.turn()
    assert desk.supervisor._scheduler.seconds_to_next == float("inf")


@pytest.mark.slow
def test_a_real_program_is_started_once_over_a_supervisor_that_is_killed(host_on_either: SupervisedHost) -> None:
    host = host_on_either
    project_id = host.project(["sh", "-c", "echo scheduled"])
    host.supervisor.kill()
    due = host.clock.now().replace(second=0, microsecond=0)
    put(host, project_id, f"{due:%M %H %d %m} *", when_missed=WhenMissed.RUN_ONCE, next_at=due)
    for point in ("supervisor.schedule_due", "supervisor.schedule_kept"):
        host.spawn_supervisor(faultpoints={point: "kill"}).wait()
    host.start_supervisor()
    schedule = get(host, project_id)
    assert schedule.last is not None
    assert (schedule.started, schedule.last.result) == (1, ScheduleResult.STARTED)
    assert schedule.last.run_id is not None
    host.runs.append(schedule.last.run_id)
    host.final(schedule.last.run_id)
    assert host.output(schedule.last.run_id) == b"scheduled\n"
    host.await_sweep()
    with host.storage.read() as uow:
        assert len(uow.runs.list_page(host.scope, limit=9, project_id=project_id).items) == 1
