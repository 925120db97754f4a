"""The stop ladder: a polite signal, the grace, the kill of the whole tree; and what is written about each."""

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import PROGRAMS, Keeper, KeeperWorld, RunDirectory
from tests.support.waiting import wait_until

POLITE = (signal.SIGTERM, "stop", "group")
FORCED = (signal.SIGKILL, "deadline", "tree")


def begin_heeding(keeper: Keeper, lifeline: Lifeline, number: int, code: int, *then_read: str) -> RunDirectory:
    """Start heed.py; returns once it would heed the signal."""
    argv = [sys.executable, "-I", "-S", str(PROGRAMS / "heed.py"), str(int(number)), str(code), *then_read]
    run = keeper.begin(*argv, environment={"LIFELINE": str(lifeline.path)})
    assert lifeline.read_line() == "ready"
    return run


def begin_stubborn(keeper: Keeper, lifeline: Lifeline) -> RunDirectory:
    environment = {"LIFELINE": str(lifeline.path)}
    run = keeper.begin(sys.executable, "-I", "-S", str(PROGRAMS / "stubborn.py"), environment=environment)
    assert lifeline.read_line() == "ready"
    return run


def test_a_program_that_heeds_the_polite_signal_gets_no_other(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin("sleep", "1000")
    run.stop()
    run.wait("done")
    assert (run.wait_status, run.signals) == (signal.SIGTERM, [POLITE])


def test_a_program_that_exits_with_0_when_stopped_is_recorded_with_both_facts(
    keeper: Keeper, lifeline: Lifeline
) -> None:
    run = begin_heeding(keeper, lifeline, signal.SIGTERM, 0)
    run.stop()
    run.wait("done")
    assert (run.wait_status, run.signals) == (0, [POLITE])


def test_the_polite_signal_is_the_one_that_was_asked_for(keeper: Keeper, lifeline: Lifeline) -> None:
    run = begin_heeding(keeper, lifeline, signal.SIGINT, 5)
    run.stop(signal.SIGINT)
    run.wait("done")
    assert (run.wait_status, run.signals) == (5 << 8, [(signal.SIGINT, "stop", "group")])


def test_a_stubborn_tree_is_killed_when_the_grace_is_over(keeper: Keeper, lifeline: Lifeline) -> None:
    run = begin_stubborn(keeper, lifeline)
    run.stop(grace_seconds=0.05)
    run.wait("done")
    lifeline.wait_for_their_end()
    assert (run.wait_status, run.signals) == (signal.SIGKILL, [POLITE, FORCED])
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 2)


def test_a_second_request_can_bring_the_deadline_forward_and_sends_no_second_polite_signal(
    keeper: Keeper, lifeline: Lifeline
) -> None:
    run = begin_stubborn(keeper, lifeline)
    run.stop(grace_seconds=1000)
    wait_until(lambda: run.has("signals"), "the polite signal")
    run.stop(grace_seconds=0)
    run.wait("done")
    assert run.signals == [POLITE, FORCED]


@pytest.mark.slow
def test_a_second_request_cannot_put_the_deadline_off(keeper: Keeper, lifeline: Lifeline) -> None:
    run = begin_stubborn(keeper, lifeline)
    run.stop(grace_seconds=0.3)
    wait_until(lambda: run.has("signals"), "the polite signal")
    run.stop(grace_seconds=1000)
    run.wait("done")
    assert run.signals == [POLITE, FORCED]


def test_what_a_stopped_program_leaves_may_use_the_rest_of_the_grace(
    keeper: Keeper, lifeline: Lifeline, go: Path
) -> None:
    child = f"{sys.executable} -I -S {PROGRAMS / 'heed.py'} {int(signal.SIGTERM)} 0 {go}"
    run = keeper.begin("/bin/sh", "-c", f"{child} & exec sleep 1000", environment={"LIFELINE": str(lifeline.path)})
    assert lifeline.read_line() == "ready"
    run.stop()
    run.wait("exit")
    assert lifeline.read_line() == "heard"
    assert not run.has("done")
    go.write_text("go\n")
    run.wait("done")
    assert (run.wait_status, run.signals, run.record("done")["killed"]) == (signal.SIGTERM, [POLITE], 0)


def test_leftovers_that_heed_nothing_are_killed_when_the_grace_is_over(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin(
        "/bin/sh", "-c", f"setsid sh -c 'exec 9> {lifeline.path}; echo ready >&9; sleep 1000' & exec sleep 1000"
    )
    lifeline.read_line()
    run.stop(grace_seconds=0.2)
    run.wait("exit")
    assert run.wait_status == signal.SIGTERM
    run.wait("done")
    lifeline.wait_for_their_end()
    assert run.signals == [POLITE], "the program had ended when its leftovers were killed"
    assert run.record("done")["killed"] >= 1


def test_a_stopped_program_is_continued_so_that_it_hears_the_signal(keeper: Keeper, lifeline: Lifeline) -> None:
    run = begin_heeding(keeper, lifeline, signal.SIGTERM, 5)
    program = run.program
    program.kill(signal.SIGSTOP)
    wait_until(lambda: program.state == "T", "the program to stand still")
    run.stop()
    run.wait("done")
    assert run.wait_status == 5 << 8


def test_a_stop_before_the_gate_opens_means_that_user_code_never_runs(world: KeeperWorld, tmp_path: Path) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.before_gate": pause.action})
    run = world.new_run("/usr/bin/touch", str(tmp_path / "ran"))
    keeper.connection.start(run)
    pause.wait()
    run.write_stop()
    pause.release()
    run.wait("done")
    assert run.record("start_error")["step"] == "gate_closed"
    assert not run.has("exit")
    assert not run.has("signals")
    assert not (tmp_path / "ran").exists()


def test_a_stop_that_was_written_before_the_start_was_asked_for_holds(keeper: Keeper) -> None:
    run = keeper.world.new_run("sleep", "1000")
    run.write_stop()
    keeper.connection.start(run)
    run.wait("start_error")
    assert run.record("start_error")["step"] == "gate_closed"


def test_a_request_that_comes_when_the_program_has_ended_sends_nothing(world: KeeperWorld) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.peeked": pause.action})
    run = world.new_run("/bin/sh", "-c", "exit 3")
    keeper.connection.start(run)
    pause.wait()
    run.stop(grace_seconds=0)
    pause.release()
    run.wait("done")
    assert (run.wait_status, run.signals) == (3 << 8, [])


def test_a_program_that_ended_just_before_the_signal_is_not_called_stopped(world: KeeperWorld) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.gate_open": pause.action})
    run = world.new_run("/bin/sh", "-c", "exit 3")
    keeper.connection.start(run)
    pause.wait()
    program = run.program
    wait_until(lambda: program.state == "Z", "the program to have ended, unseen")
    run.stop(grace_seconds=0)
    pause.release()
    run.wait("done")
    assert (run.wait_status, run.signals) == (3 << 8, [])


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"signal": "x", "grace_seconds": None})])
def test_a_stop_that_cannot_be_read_is_still_a_stop(keeper: Keeper, content: str) -> None:
    run = keeper.begin("sleep", "1000")
    (run.path / "stop.json").write_text(content)
    run.shim.kill(signal.SIGUSR1)
    run.wait("done")
    assert (run.wait_status, run.signals) == (signal.SIGTERM, [POLITE])


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE])
def test_a_shim_is_not_ended_by_signals_that_end_others(keeper: Keeper, go: Path, number: int) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 3")
    run.shim.kill(number)
    go.write_text("go\n")
    run.wait("done")
    assert (run.wait_status, run.record("exit")["by"]) == (3 << 8, "shim")


def test_a_wake_up_without_a_request_changes_nothing(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 3")
    run.shim.kill(signal.SIGUSR1)
    go.write_text("go\n")
    run.wait("done")
    assert (run.wait_status, run.signals) == (3 << 8, [])
