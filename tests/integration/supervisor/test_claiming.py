"""Who may start when: limits, fairness, and what a waiting run says it waits for."""

import errno
from collections.abc import Callable

import pytest

from addon_portal.domain import endings, transitions
from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.executors.base import LaunchOrder
from addon_portal.storage import apply
from tests.integration.supervisor.desk import Desk


def test_the_installations_limit_holds_first_come_first_served(
    make_desk: Callable[..., Desk], database_url: str
) -> None:
    desk = make_desk(database_url, max_concurrent_runs=2)
    runs = [desk.request() for _ in range(4)]
    desk.settle()
    assert desk.host.starts == runs[:2]
    assert [desk.get(run_id).waiting_for for run_id in runs] == [None, None] + [
        "a free place: the installation's 2 are taken"
    ] * 2
    desk.host.finish(runs[1])
    desk.settle()
    assert desk.host.starts == runs[:3]
    assert desk.get(runs[2]).waiting_for is None


def test_a_tenants_limit_holds_up_nobody_else(make_desk: Callable[..., Desk], database_url: str) -> None:
    desk = make_desk(database_url)
    small = desk.add_tenant("small", max_concurrent_runs=1)
    first, second = desk.request(scope=small), desk.request(scope=small)
    other = desk.request()
    desk.settle()
    assert desk.host.starts == [first, other]
    assert desk.get(second).waiting_for == "a free place: the tenant's 1 are taken"
    desk.host.finish(first)
    desk.settle()
    assert desk.host.starts == [first, other, second]


def test_nobody_waits_behind_the_long_queue_of_another_tenant(desk: Desk) -> None:
    small = desk.add_tenant("small", max_concurrent_runs=1)
    crowd = [desk.request(scope=small) for _ in range(70)]
    last = desk.request()
    desk.settle()
    assert desk.host.starts == [crowd[0], last]
    desk.turn(10)
    assert all(desk.get(run_id).waiting_for for run_id in crowd[1:])


def test_a_run_waits_for_the_run_root_and_says_so(desk: Desk) -> None:
    desk.turn()
    desk.host.is_mounted = False
    run_id = desk.request()
    desk.settle()
    assert (desk.get(run_id).state, desk.get(run_id).waiting_for) == (RunState.PENDING, "the run root to be mounted")
    desk.host.is_mounted = True
    desk.turn()
    desk.turn()
    assert desk.get(run_id).state is RunState.RUNNING


def test_a_request_whose_wake_up_was_lost_is_served_by_the_next_sweep(desk: Desk) -> None:
    desk.turn()
    desk.turn()
    run_id = desk.request()
    desk.turn(0.1)
    desk.turn(1.0)
    desk.turn(0.1)
    assert desk.host.starts == [run_id]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("workspace", FileExistsError(errno.EEXIST, "File exists", "place")),
        ("workspace", OSError(errno.ENOSPC, "No space left on device", "place")),
        ("run_directory", OSError(errno.ENOSPC, "No space left on device", "place")),
    ],
)
def test_a_run_whose_place_cannot_be_made_could_not_start(desk: Desk, step: str, error: OSError) -> None:
    desk.host.cannot_prepare[step] = error
    run_id = desk.request()
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.reason, run.started_at) == (RunState.FAILED, Reason.COULD_NOT_START, None)
    assert run.message is not None
    assert str(error.strerror) in run.message
    assert run.ending is not None
    assert run.ending["facts"] == {
        "step": step,
        "errno": error.errno,
        "problem": f"{step.replace('_', ' ')}: {error.strerror} (place)",
    }
    assert desk.host.starts == []
    assert desk.kinds(run_id) == ["requested", "ended"]


def test_nobody_is_asked_for_a_start_that_was_withdrawn_meanwhile(desk: Desk) -> None:
    def withdraw(run_id: RunId) -> None:
        ending = endings.withdrawn("key:ada", desk.clock.now())
        with desk.storage.write() as uow:
            assert apply(uow, transitions.withdrawn(run_id, ending, desk.clock.now(), "key:ada"))

    desk.host.before_prepare = withdraw
    run_id = desk.request()
    desk.turn()
    desk.settle()
    assert (desk.get(run_id).state, desk.get(run_id).reason) == (RunState.CANCELLED, Reason.WITHDRAWN)
    assert desk.host.starts == []


def test_a_start_that_the_keeper_did_not_take_is_asked_for_again_with_its_environment(desk: Desk) -> None:
    desk.host.keeper_is_dead = True
    run_id = desk.request()
    desk.turn()
    desk.turn()
    assert desk.get(run_id).state is RunState.STARTING
    assert desk.host.environments == {}
    desk.host.keeper_is_dead = False
    desk.turn()
    desk.turn()
    assert desk.get(run_id).state is RunState.RUNNING
    assert desk.host.environments[run_id]["A"] == "1"
    assert desk.host.environments[run_id]["ADDON_PORTAL_RUN_ID"] == run_id


def test_a_stop_before_the_start_forbids_it(desk: Desk) -> None:
    desk.host.freeze_keeper()
    run_id = desk.request()
    desk.settle()
    desk.request_stop(run_id)
    desk.settle()
    desk.host.thaw_keeper()
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.reason, run.started_at) == (RunState.CANCELLED, Reason.STOPPED_BY_PERSON, None)
    assert desk.host.starts == []
    assert desk.kinds(run_id) == ["requested", "claimed", "stop_requested", "stopping", "ended"]


def test_a_waiting_run_that_the_disk_says_was_launched_is_looked_at_and_not_started(desk: Desk) -> None:
    """As after restoring a database that was saved before the run was claimed."""
    run_id = desk.request()
    desk.executor.prepare(LaunchOrder(run_id, {}, {}, None))
    desk.executor.ask_start(run_id, {})
    assert desk.host.starts == [run_id]
    desk.host.finish(run_id, 0x300)
    desk.turn()
    assert (desk.get(run_id).reason, desk.get(run_id).exit_code) == (Reason.EXIT_CODE, 3)
    desk.settle()
    assert desk.host.starts == [run_id]


def test_limits_count_what_another_supervisor_had_started(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(max_concurrent_runs=1)
    first = desk.running()
    desk.restart_supervisor()
    second = desk.request()
    desk.turn()
    desk.settle()
    assert desk.host.starts == [first]
    assert desk.get(second).state is RunState.PENDING


def drain(desk: Desk, *, on: bool) -> None:
    """As the API stores it."""
    with desk.storage.write() as uow:
        if on:
            uow.hosts.drain(desk.host_id, desk.clock.now(), "key:ops")
        else:
            uow.hosts.end_drain(desk.host_id)


def test_on_a_drained_host_nothing_is_started_and_what_runs_goes_on(
    make_desk: Callable[..., Desk], database_url: str
) -> None:
    desk = make_desk(database_url)
    first = desk.request()
    desk.settle()
    drain(desk, on=True)
    second = desk.request()
    desk.settle()
    desk.restart_supervisor()
    desk.turn(10)
    assert desk.host.starts == [first]
    assert (desk.get(first).state, desk.get(second).state) == (RunState.RUNNING, RunState.PENDING)
    desk.host.finish(first)
    desk.settle()
    assert desk.get(first).state is RunState.COMPLETED
    drain(desk, on=False)
    desk.settle()
    assert desk.host.starts == [first, second]


def test_a_drain_that_comes_between_looking_and_claiming_is_kept(desk: Desk) -> None:
    desk.turn()
    desk.host.before_prepare = lambda _: drain(desk, on=True)
    run_id = desk.request()
    desk.settle()
    assert (desk.host.starts, desk.get(run_id).state) == ([], RunState.PENDING)
    desk.host.before_prepare = lambda _: None
    drain(desk, on=False)
    desk.settle()
    assert desk.host.starts == [run_id]


def test_what_was_launched_is_looked_after_on_a_drained_host_too(desk: Desk) -> None:
    run_id = desk.request()
    desk.executor.prepare(LaunchOrder(run_id, {}, {}, None))
    desk.executor.ask_start(run_id, {})
    drain(desk, on=True)
    desk.turn()
    desk.settle()
    assert desk.get(run_id).state is RunState.RUNNING
