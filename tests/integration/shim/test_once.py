"""A start may be asked for any number of times, of any number of keepers, frozen or not: one shim comes of it."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.keeper_process import Keeper, KeeperWorld, RunDirectory


def counting_run(world: KeeperWorld, tmp_path: Path) -> tuple[RunDirectory, Path]:
    """A run that leaves one line in a file each time it is started."""
    counted = tmp_path / "counted"
    return world.new_run("/bin/sh", "-c", f"echo started >> {counted}"), counted


def assert_started_once(run: RunDirectory, counted: Path, results: list[str]) -> None:
    run.wait("done")
    assert sorted(results) == [*["already"] * (len(results) - 1), "started"]
    assert counted.read_text() == "started\n"
    assert run.world.count_hints(run.id, "started") == 1


def test_asked_twice_it_starts_once(keeper: Keeper, tmp_path: Path) -> None:
    run, counted = counting_run(keeper.world, tmp_path)
    assert_started_once(run, counted, [keeper.connection.start(run)["result"] for _ in range(2)])
    assert keeper.connection.start(run)["result"] == "already", "also long after its end"


def test_asked_twenty_times_at_once_it_starts_once(keeper: Keeper, tmp_path: Path) -> None:
    run, counted = counting_run(keeper.world, tmp_path)
    connections = [keeper.connect() for _ in range(20)]
    keeper.process.kill(signal.SIGSTOP)
    for connection in connections:
        connection.send_start(run)
    keeper.process.kill(signal.SIGCONT)
    assert_started_once(run, counted, [connection.receive()["result"] for connection in connections])


@pytest.mark.parametrize("point", ["keeper.asked", "keeper.locked"])
def test_two_keepers_asked_at_once_start_it_once(world: KeeperWorld, tmp_path: Path, point: str) -> None:
    run, counted = counting_run(world, tmp_path)
    pauses = [world.new_pause(), world.new_pause()]
    connections = [world.start_keeper({point: pause.action}).connection for pause in pauses]
    for connection, pause in zip(connections, pauses, strict=True):
        connection.send_start(run)
        pause.wait()
    for pause in pauses:
        pause.release()
    assert_started_once(run, counted, [connection.receive()["result"] for connection in connections])


def test_asked_while_the_keeper_is_frozen_and_again_after_the_thaw_it_starts_once(
    keeper: Keeper, tmp_path: Path
) -> None:
    run, counted = counting_run(keeper.world, tmp_path)
    keeper.process.kill(signal.SIGSTOP)
    keeper.connection.send_start(run)
    keeper.process.kill(signal.SIGCONT)
    keeper.connection.send_start(run)
    assert_started_once(run, counted, [keeper.connection.receive()["result"] for _ in range(2)])


def test_a_link_that_somebody_else_won_forbids_the_start(keeper: Keeper, tmp_path: Path) -> None:
    run, counted = counting_run(keeper.world, tmp_path)
    (run.path / "lock").touch()  # as the supervisor does when it says "never started"
    assert keeper.connection.start(run)["result"] == "already"
    assert not counted.exists()
    assert [entry.name for entry in run.path.iterdir() if entry.name.startswith("lock")] == ["lock"]


@pytest.mark.faults
@pytest.mark.parametrize("point", ["keeper.asked", "keeper.locked", "keeper.linked"])
def test_a_keeper_killed_while_it_starts_a_run_leaves_nothing_half_started(
    world: KeeperWorld, tmp_path: Path, point: str
) -> None:
    run, counted = counting_run(world, tmp_path)
    keeper = world.start_keeper({point: "kill"})
    keeper.connection.send_start(run)
    keeper.process.wait()
    result = world.start_keeper().connection.start(run)["result"]
    if point == "keeper.linked":  # the link is won, its lock is free, there is no child: this run was interrupted
        assert result == "already"
        assert not run.is_locked()
        assert not counted.exists()
    else:
        assert_started_once(run, counted, [result])


@pytest.mark.faults
def test_a_keeper_killed_right_after_it_forked_has_started_the_run(world: KeeperWorld, tmp_path: Path) -> None:
    run, counted = counting_run(world, tmp_path)
    keeper = world.start_keeper({"keeper.forked": "kill"})
    keeper.connection.send_start(run)
    keeper.process.wait()
    assert world.start_keeper().connection.start(run)["result"] == "already"
    assert_started_once(run, counted, ["started"])


def test_a_directory_that_is_missing_is_refused(keeper: Keeper) -> None:
    run = keeper.world.new_run("/bin/true")
    os.rename(run.path, f"{run.path}.away")
    answer = keeper.connection.start(run)
    assert (answer["result"], answer["step"], answer["errno"]) == ("refused", "lock", 2)
    assert answer["run"] == run.id
    os.rename(f"{run.path}.away", run.path)
    assert keeper.connection.start(run)["result"] == "started"
