"""Restarts that are to come: one for each project, taken once, told in the journal."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from addon_portal.domain import ids, transitions
from addon_portal.domain.errors import AlreadyRestarted
from addon_portal.domain.models import RestartCause, Run, ScheduledRestart
from addon_portal.domain.restarts import repeat
from addon_portal.domain.states import RunState
from addon_portal.storage import UnitOfWork, apply
from addon_portal.storage.scheduled_restarts import new_run_of
from addon_portal.storage.surroundings import Surroundings
from tests.contract.storage.world import CODE_3, World
from tests.support.waiting import wait_until


def restart_of(world: World, run: Run, cause: RestartCause = RestartCause.REQUEST) -> ScheduledRestart:
    """A restart that is not stored."""
    now = world.now()
    return repeat(run, ids.new_run_id(now), cause, "it was asked for", now, "alice")


def schedule(world: World, run: Run) -> ScheduledRestart:
    """A stored restart."""
    restart = restart_of(world, run)
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.schedule(restart)
    return restart


def test_what_was_scheduled_is_read_back_everywhere(world: World) -> None:
    run = world.add_running()
    restart = replace(
        restart_of(world, run, RestartCause.POLICY),
        parameters={"day": 7},
        env={"A": "1"},
        note="again",
        confirmed=True,
        counts=True,
        delay_seconds=2.5,
        due_at=world.now(),
        boot_id="boot",
        due_monotonic=1234.5,
    )
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.schedule(restart)
    with world.storage.read() as uow:
        assert uow.scheduled_restarts.find(world.scope, run.project_id) == restart
        assert uow.scheduled_restarts.find_of_run(run.id) == restart
        assert uow.scheduled_restarts.list_for_host(world.host.id) == (restart,)
        assert uow.scheduled_restarts.list_all(world.scope) == (restart,)
        assert uow.projects.get(world.scope, run.project_id).scheduled_restart == restart
        around = Surroundings(uow)
        shown = [around.get_run(world.scope, run.id)[1], around.of_run(run), *around.of_runs([run])]
        assert [each.scheduled_restart for each in shown] == [restart] * 3


def test_a_project_has_at_most_one(world: World) -> None:
    run = world.add_running()
    first = schedule(world, run)
    with world.storage.write() as uow:
        assert not uow.scheduled_restarts.schedule(restart_of(world, run))
        assert uow.scheduled_restarts.find(world.scope, run.project_id) == first


def test_it_is_taken_once(world: World) -> None:
    run = world.add_final()
    restart = schedule(world, run)
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.take(restart)
        new = uow.runs.insert(world.scope, new_run_of(restart, world.now()), "restart by request")
    with world.storage.write() as uow:
        assert not uow.scheduled_restarts.take(restart)
        assert not uow.scheduled_restarts.call_off(restart, world.now(), "bob", "too late")
    assert (new.id, new.restart_of, new.restart_count) == (restart.run_id, run.id, 1)
    with world.storage.read() as uow:
        entries = uow.journal.list_for_run(world.scope, run.id)
        (requested,) = uow.journal.list_for_run(world.scope, new.id)
    assert entries[-1].kind == "restart_scheduled"
    assert requested.cause == "restart by request"


def test_calling_it_off_says_why(world: World) -> None:
    run = world.add_running()
    restart = schedule(world, run)
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.call_off(restart, world.now(), "bob", "no longer wanted")
    with world.storage.read() as uow:
        assert uow.scheduled_restarts.find(world.scope, run.project_id) is None
        entry = uow.journal.list_for_run(world.scope, run.id)[-1]
    assert (entry.kind, entry.actor, entry.from_state, entry.to_state) == (
        "restart_called_off",
        "bob",
        RunState.RUNNING,
        None,
    )
    assert entry.detail == {"run_id": restart.run_id, "why": "no longer wanted"}


def ended_with_follower(world: World, *runs: Run) -> list[str]:
    """Whom the storage names when these runs end in one transaction."""
    with world.storage.write() as uow:
        for run in runs:
            assert apply(uow, world.ended(run.id, CODE_3))
        return list(uow.ended_with_follower)


def test_the_end_of_a_run_tells_what_is_to_follow(world: World) -> None:
    plain, followed = world.add_running(), world.add_running()
    schedule(world, followed)
    assert ended_with_follower(world, plain, followed) == [followed.id]


def test_a_move_that_ends_nothing_tells_nothing(world: World) -> None:
    run = world.add_running()
    schedule(world, run)
    with world.storage.write() as uow:
        assert apply(uow, world.stop_requested(run.id))
        assert uow.ended_with_follower == []


@pytest.mark.parametrize("stopped_before", [False, True])
def test_whoever_ends_a_run_while_its_restart_is_being_stored_is_told_of_it(world: World, stopped_before: bool) -> None:
    """The end waits for the request's transaction, and must not decide by what it had seen before that."""
    run = world.add_running()
    if stopped_before:
        assert world.apply(world.stop_requested(run.id)) == [True]
    with ThreadPoolExecutor(1) as pool:
        with world.storage.write() as uow:
            assert _ask(world, uow, run) is not stopped_before
            assert uow.scheduled_restarts.schedule(restart_of(world, run))
            ending = pool.submit(ended_with_follower, world, run)
            wait_until(ending.running, "the end to begin")
        assert ending.result(10) == [run.id]


def _ask(world: World, uow: UnitOfWork, run: Run) -> bool:
    """As the API does: whether this was the first request of a stop."""
    first = apply(uow, transitions.stop_requested(run.id, world.now(), "alice", "replaced", None))
    if not first:
        assert apply(uow, transitions.replacement_requested(run.id, world.now(), "alice"))
    return first


def test_a_run_that_was_restarted_by_hand_is_not_restarted_again(world: World) -> None:
    run = world.add_final()
    restart = schedule(world, run)
    world.add_run(run.project_id, restart_of=run.id)
    with world.storage.write() as uow:
        assert uow.scheduled_restarts.take(restart)
        with pytest.raises(AlreadyRestarted):
            uow.runs.insert(world.scope, new_run_of(restart, world.now()))


def test_the_end_of_a_run_tells_that_its_project_has_a_policy(world: World) -> None:
    plain, watched = world.add_running(), world.add_running()
    with world.storage.write() as uow:
        uow.projects.set_restart_policy(world.scope, watched.project_id, {"mode": "always"}, world.now())
        assert uow.projects.get(world.scope, watched.project_id).restart_policy == {"mode": "always"}
    assert ended_with_follower(world, plain, watched) == [watched.id]


def test_a_policy_can_be_taken_back(world: World) -> None:
    run = world.add_running()
    for policy in ({"mode": "always"}, None):
        with world.storage.write() as uow:
            uow.projects.set_restart_policy(world.scope, run.project_id, policy, world.now())
    assert ended_with_follower(world, run) == []


def test_the_row_of_restarts_ends_where_somebody_asked_for_a_run(world: World) -> None:
    first = world.add_final()
    runs = [first]
    for counts in (True, None, False, True):
        runs.append(world.add_run(first.project_id, restart_of=runs[-1].id))
        world.apply(world.withdrawn(runs[-1].id))
        if counts is not None:
            with world.storage.write() as uow:
                uow.scheduled_restarts.remember(runs[-1], counts, world.now(), "boot", 12.5)
    with world.storage.read() as uow:
        past = [[(each.counts, each.made_monotonic) for each in uow.scheduled_restarts.list_past(run)] for run in runs]
    assert past == [[], [(True, 12.5)], [], [(False, 12.5)], [(True, 12.5), (False, 12.5)]]


def test_without_a_boot_only_the_wall_clock_is_kept(world: World) -> None:
    run = world.add_final()
    at = world.now()
    with world.storage.write() as uow:
        uow.scheduled_restarts.remember(run, True, at, None, 12.5)
        (made,) = uow.scheduled_restarts.list_past(run)
    assert (made.made_at, made.boot_id, made.made_monotonic) == (at, None, None)
