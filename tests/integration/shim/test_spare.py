"""A shim that is forked ahead of time: it saves a start the fork, and is killed and frozen like any other."""

import signal

import pytest

from tests.support.handles import Process
from tests.support.keeper_process import Keeper, KeeperWorld
from tests.support.kernel import children_of
from tests.support.waiting import wait_until


def stub_of(spare: Process) -> Process:
    return Process(children_of(spare.pid)[0])


def test_a_start_takes_the_shim_and_the_stub_that_were_forked_ahead(keeper: Keeper) -> None:
    spare = keeper.spare()
    stub = stub_of(spare)
    run = keeper.world.new_run("/bin/sh", "-c", "exit 7")
    answer = keeper.connection.start(run)
    run.wait("done")
    assert answer["pid"] == spare.pid == run.record("child")["shim"]["pid"]
    assert (run.record("child")["pid"], run.wait_status) == (stub.pid, 7 << 8)


def test_the_next_is_forked_when_one_was_taken(keeper: Keeper) -> None:
    first = keeper.spare()
    run = keeper.begin("sleep", "1000")
    assert run.shim.pid == first.pid
    assert keeper.spare().pid != first.pid


@pytest.mark.parametrize("whom", ["shim", "stub"])
def test_one_that_was_killed_costs_no_start(keeper: Keeper, whom: str) -> None:
    spare = keeper.spare()
    (spare if whom == "shim" else stub_of(spare)).kill_and_wait()
    wait_until(lambda: not children_of(keeper.process.pid), "shim and stub to be gone, the one with the other")
    assert keeper.run("/bin/sh", "-c", "exit 7").wait_status == 7 << 8


def test_one_that_is_killed_before_it_hears_of_its_run_never_starts_it(keeper: Keeper) -> None:
    spare = keeper.spare()
    spare.kill(signal.SIGSTOP)
    run = keeper.world.new_run("/bin/true")
    assert keeper.connection.start(run)["result"] == "started"
    assert run.is_locked()
    spare.kill_and_wait()
    wait_until(lambda: not run.is_locked(), "the lock to be free")
    assert keeper.connection.start(run)["result"] == "already"
    assert not any(run.has(name) for name in ("child", "start_error", "exit", "done"))


def test_one_that_is_frozen_starts_its_run_when_it_is_thawed(keeper: Keeper) -> None:
    spare = keeper.spare()
    spare.kill(signal.SIGSTOP)
    run = keeper.world.new_run("/bin/sh", "-c", "exit 7")
    keeper.connection.start(run)
    spare.kill(signal.SIGCONT)
    run.wait("done")
    assert run.wait_status == 7 << 8


def test_it_ends_with_a_keeper_that_is_killed(keeper: Keeper) -> None:
    spare = keeper.spare()
    stub = stub_of(spare)
    keeper.process.kill_and_wait()
    spare.wait()
    stub.wait()


def test_it_does_not_hold_up_a_keeper_that_is_to_leave(keeper: Keeper) -> None:
    spare = keeper.spare()
    keeper.process.kill(signal.SIGTERM)
    keeper.process.wait()
    spare.wait()


def test_a_keeper_may_be_asked_to_leave_just_while_it_forks_one(world: KeeperWorld) -> None:
    for _ in range(10):
        keeper = world.start_keeper()
        while not children_of(keeper.process.pid):
            pass  # as soon as possible after the fork
        keeper.process.kill(signal.SIGTERM)
        keeper.process.wait()


def test_it_is_no_unknown_child_when_a_run_is_ended(world: KeeperWorld) -> None:
    run = world.new_run("sleep", "1000")
    keeper = world.start_keeper()
    keeper.spare()
    keeper.connection.start(run)
    run.wait("started")
    keeper.spare()
    run.shim.kill_and_wait()
    keeper.end(run)
    assert run.record("done")["proof"] == "no_children"


def test_preparing_one_makes_and_removes_no_file(keeper: Keeper) -> None:
    """Where inodes were freed a short while ago, ext4 makes every new file wait for its search."""
    keeper.spare()
    rehearsal = keeper.directory / "rehearsal"
    before = {file.name: file.stat().st_ino for file in rehearsal.iterdir()}
    for _ in range(2):
        keeper.run("/bin/true")
        keeper.spare()
    keeper.run("/bin/true")  # by a shim that has rehearsed
    assert before.keys() >= {"spec.json", "output.fifo", "notify"}
    assert {file.name: file.stat().st_ino for file in rehearsal.iterdir()} == before
