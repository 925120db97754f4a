"""A tenant's numbers: how things stand, and how runs went over time."""

from datetime import UTC, datetime, timedelta

import pytest

from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Run
from addon_portal.domain.states import RunState
from addon_portal.storage.numbers import ActiveRuns, Durations, Finished, Numbers, Overview, Slot, Stats
from tests.contract.storage.world import CODE_3, World

HOUR = timedelta(hours=1)
SINCE = datetime(2026, 1, 2, 0, 0, 0, tzinfo=UTC)


def overview(world: World, limit: int = 10, **changes: datetime) -> Overview:
    """How things stand for Alice."""
    now = world.now()
    times = {"overdue_before": now - HOUR, "seen_after": now - HOUR, "finished_after": now - HOUR} | changes
    with world.storage.read() as uow:
        return Numbers(uow).overview(world.scope, world.host.id, **times, limit=limit)


def stats(world: World, project_id: ProjectId | None = None, hours: int = 24, width: timedelta = HOUR) -> Stats:
    """How Alice's runs went."""
    with world.storage.read() as uow:
        return Numbers(uow).stats(world.scope, project_id, SINCE, SINCE + hours * HOUR, width)


def add_past(world: World, run: Run, finished_at: datetime, took: timedelta) -> None:
    """Say of a final run that it ended then, after so long."""
    ended = {"at": _micros(finished_at), "started": _micros(finished_at - took), "id": run.id}
    with world.storage.write() as uow:
        uow.connection.change(
            "UPDATE runs SET finished_at = :at, ended_at = :at, started_at = :started WHERE id = :id", ended
        )


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_of_nothing_everything_is_nought(world: World) -> None:
    assert overview(world) == Overview(0, None, (), Finished(), (), (), ())
    assert stats(world) == Stats((), Durations())


def test_the_overview_counts_and_lists_what_is_there(world: World) -> None:
    observed_at = world.now()
    with world.storage.write() as uow:
        uow.hosts.record_observed(world.host.id, observed_at, "boot", 1)
        uow.projects.soft_delete(world.scope, uow.projects.insert(world.scope, world.new_project()).id, world.now())
    first, second = world.add_running(), world.add_running()
    failed, later = world.add_final(exit=CODE_3), world.add_final(exit=CODE_3)
    lost = world.add_run()
    world.apply(world.claimed(lost.id), world.started(lost.id), world.lost(lost.id))
    world.add_final()
    world.apply(world.withdrawn(world.add_run().id))
    waiting = [world.add_run(), world.add_run()]
    world.add_run(scope=world.other_scope)
    found = overview(world)
    assert (found.projects, found.observed_at) == (9, observed_at)
    assert sorted(found.active, key=lambda each: each.state) == [
        ActiveRuns(RunState.PENDING, frozenset(), is_overdue=False, is_unseen=False, count=2),
        ActiveRuns(RunState.RUNNING, frozenset(), is_overdue=False, is_unseen=False, count=2),
    ]
    assert found.finished == Finished(completed=1, failed=2, unknown=1, cancelled=1)
    assert [run.id for run, _ in found.failed] == [lost.id, later.id, failed.id]
    assert [run.id for run, _ in found.running] == [second.id, first.id]
    assert [run.id for run, _ in found.waiting] == [run.id for run in waiting]
    assert [around.queue_position for _, around in found.waiting] == [1, 2]
    assert [around.observed_at for _, around in found.waiting] == [observed_at] * 2
    assert found.running[0][0] == world.get(second.id)


def test_a_list_has_the_newest_failures_by_their_end_and_the_first_that_wait(world: World) -> None:
    old, new = world.add_final(exit=CODE_3), world.add_final(exit=CODE_3)
    first, _ = world.add_run(), world.add_run()
    add_past(world, new, SINCE, HOUR)
    found = overview(world, limit=1)
    assert [run.id for run, _ in found.failed] == [old.id]
    assert [run.id for run, _ in found.waiting] == [first.id]
    assert overview(world, limit=0).failed == ()


def test_what_health_depends_on_is_told_apart(world: World) -> None:
    world.add_running()
    now = world.now()
    with world.storage.write() as uow:
        uow.hosts.record_observed(world.host.id, now, "boot", 1)
    (overdue,) = overview(world, overdue_before=now + HOUR).active
    (unseen,) = overview(world, seen_after=now + timedelta(microseconds=1)).active
    (seen,) = overview(world, seen_after=now).active
    assert [(each.is_overdue, each.is_unseen) for each in (overdue, unseen, seen)] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_what_ended_before_is_not_counted(world: World) -> None:
    world.add_final()
    assert overview(world, finished_after=world.now()).finished == Finished()


@pytest.mark.parametrize("minutes", [0, 20, 60, 90])
def test_what_ended_since_is_counted_to_the_microsecond(world: World, minutes: int) -> None:
    """Wherever in its hour the time begins, and in whichever a run has ended."""
    since, tick = SINCE + timedelta(minutes=minutes), timedelta(microseconds=1)
    for at in (since - tick, since, since + HOUR, since + 48 * HOUR):
        add_past(world, world.add_final(), at, HOUR)
        add_past(world, world.add_final(exit=CODE_3), at, HOUR)
        lost = world.add_run()
        world.apply(world.claimed(lost.id), world.started(lost.id), world.lost(lost.id))
        add_past(world, lost, at, HOUR)
        cancelled = world.add_run()
        world.apply(world.withdrawn(cancelled.id))
        add_past(world, cancelled, at, HOUR)
    found = overview(world, finished_after=since).finished
    assert found == Finished(completed=3, failed=3, unknown=3, cancelled=3)


@pytest.mark.parametrize("of_project", [False, True])
def test_runs_are_counted_in_the_slot_of_their_end(world: World, of_project: bool) -> None:
    project = world.add_project().id
    ends = [
        (SINCE - timedelta(microseconds=1), CODE_3),
        (SINCE, None),
        (SINCE + HOUR - timedelta(microseconds=1), CODE_3),
        (SINCE + 5 * HOUR, CODE_3),
        (SINCE + 24 * HOUR, None),
    ]
    for at, failure in ends:
        run = world.add_final(project, failure) if failure else world.add_final(project)
        add_past(world, run, at, timedelta(seconds=90))
    world.add_run(scope=world.other_scope)
    other = world.add_final()
    add_past(world, other, SINCE + 5 * HOUR, timedelta(seconds=10))
    found = stats(world, project if of_project else None)
    took, others = timedelta(seconds=90), timedelta(seconds=10)
    last = Slot(SINCE + 5 * HOUR, Finished(failed=1), Durations())
    both = Slot(SINCE + 5 * HOUR, Finished(completed=1, failed=1), Durations(others, others))
    assert found.slots == (
        Slot(SINCE, Finished(completed=1, failed=1), Durations(took, took)),
        last if of_project else both,
    )
    assert found.durations == (Durations(took, took) if of_project else Durations(others, took))


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, 0),
        (7, 7),
        (99, 99),
        (119, 110),
        (61_999_999, 61_000_000),
        (26_244_000_000, 26_000_000_000),
        (10**15 + 1, 10**15),
    ],
)
def test_lengths_are_told_with_two_digits(world: World, micros: int, shown: int) -> None:
    add_past(world, world.add_final(), SINCE, timedelta(microseconds=micros))
    length = timedelta(microseconds=shown)
    assert stats(world).durations == Durations(length, length)


@pytest.mark.parametrize(("count", "median", "p95"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (20, 10, 19), (21, 11, 20)])
def test_median_and_p95_are_the_nearest_ranks(world: World, count: int, median: int, p95: int) -> None:
    project = world.add_project().id
    for seconds in range(count, 0, -1):
        add_past(world, world.add_final(project), SINCE, timedelta(seconds=seconds))
    world.add_final(project, CODE_3)
    found = stats(world)
    expected = Durations(timedelta(seconds=median), timedelta(seconds=p95))
    assert (found.durations, found.slots[0].durations) == (expected, expected)


def test_a_clock_that_was_set_back_hides_no_run_of_a_project(world: World) -> None:
    project = world.add_project().id
    before, after = world.add_final(project), world.add_final(project)
    add_past(world, before, SINCE + HOUR, HOUR)
    add_past(world, after, SINCE - HOUR, HOUR)
    assert [slot.at for slot in stats(world, project).slots] == [SINCE + HOUR]


def test_unknown_and_cancelled_are_kept_apart(world: World) -> None:
    lost, gone = world.add_run(), world.add_run()
    world.apply(world.claimed(lost.id), world.started(lost.id), world.lost(lost.id), world.withdrawn(gone.id))
    assert [slot.finished for slot in stats(world).slots] == [Finished(unknown=1, cancelled=1)]
