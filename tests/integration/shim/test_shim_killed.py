"""A shim is killed at every point of its life: the truth is written all the same, and nothing is left behind."""

import signal
from pathlib import Path

import pytest

from tests.integration.shim.test_end import begin_daemon
from tests.integration.shim.test_stop import begin_heeding
from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, KeeperWorld, RunDirectory
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

BEFORE_THE_GATE = ["shim.locked", "shim.forked", "shim.before_identity", "shim.before_gate"]
AFTER_THE_GATE = ["shim.gate_open", "shim.before_report"]


def start(keeper: Keeper, run: RunDirectory) -> None:
    answer = keeper.connection.start(run)
    assert answer["result"] == "started"


def ask_adopted(keeper: Keeper, run: RunDirectory) -> str:
    answer: str = keeper.connection.ask(op="adopted", run=run.id)["result"]
    return answer


def wait_until_lock_is_free(run: RunDirectory) -> None:
    wait_until(lambda: not run.is_locked(), "the shim's lock to be free")


@pytest.mark.parametrize("point", BEFORE_THE_GATE)
def test_killed_before_the_gate_no_user_code_runs(world: KeeperWorld, tmp_path: Path, point: str) -> None:
    run = world.new_run("/usr/bin/touch", str(tmp_path / "ran"))
    keeper = world.start_keeper({f"{point}@{run.id}": "kill"})
    start(keeper, run)
    wait_until_lock_is_free(run)
    if point != "shim.locked":
        wait_until(lambda: run.has("start_error"), "start_error.json")
        assert run.record("start_error")["step"] == "gate_closed"
    wait_until(lambda: not keeper.adopted(), "the stub to be gone")
    assert run.has("child") is (point == "shim.before_gate")
    assert not run.has("exit")
    assert not (tmp_path / "ran").exists()
    assert ask_adopted(keeper, run) == "not_mine"
    assert keeper.connection.start(run)["result"] == "already"
    keeper.end(run)
    assert run.record("done")["by"] == "keeper"


@pytest.mark.parametrize("point", AFTER_THE_GATE)
@pytest.mark.parametrize(("ending", "status"), [("exit 7", 7 << 8), ("kill -9 $$", 9)])
def test_killed_after_the_gate_the_keeper_records_the_true_end(
    world: KeeperWorld, go: Path, point: str, ending: str, status: int
) -> None:
    run = world.new_run("/bin/sh", "-c", f"read line < {go}; {ending}")
    keeper = world.start_keeper({f"{point}@{run.id}": "kill"})
    start(keeper, run)
    wait_until_lock_is_free(run)
    assert ask_adopted(keeper, run) == "mine"
    assert not run.has("exit")
    go.write_text("go\n")
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (status, "keeper")
    keeper.end(run)
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 0)
    assert ask_adopted(keeper, run) == "not_mine"


def test_killed_while_the_program_runs_only_the_record_changes_hands(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    assert ask_adopted(keeper, run) == "shim_alive"
    run.shim.kill_and_wait()
    assert ask_adopted(keeper, run) == "mine"
    go.write_text("go\n")
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (7 << 8, "keeper")


def test_killed_after_it_saw_the_end_and_before_it_wrote_it_nothing_is_lost(world: KeeperWorld) -> None:
    run = world.new_run("/bin/sh", "-c", "exit 7")
    keeper = world.start_keeper({f"shim.peeked@{run.id}": "kill"})
    start(keeper, run)
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (7 << 8, "keeper")
    keeper.end(run)


@pytest.mark.parametrize("point", ["shim.recorded", "shim.reaped"])
def test_killed_after_it_wrote_the_end_its_record_stands(world: KeeperWorld, point: str) -> None:
    run = world.new_run("/bin/sh", "-c", "exit 7")
    keeper = world.start_keeper({f"{point}@{run.id}": "kill"})
    start(keeper, run)
    wait_until_lock_is_free(run)
    assert (run.wait_status, run.record("exit")["by"]) == (7 << 8, "shim")
    assert not run.has("done")
    keeper.end(run)
    assert run.record("exit")["by"] == "shim"
    assert run.record("done")["by"] == "keeper"


@pytest.mark.parametrize("point", ["shim.recorded", "shim.reaped"])
def test_what_a_killed_shim_did_not_clean_up_is_ended_when_the_keeper_is_asked(
    world: KeeperWorld, lifeline: Lifeline, point: str
) -> None:
    keeper = world.start_keeper({point: "kill"})
    run = begin_daemon(keeper, lifeline, "3")
    wait_until_lock_is_free(run)
    wait_until(keeper.adopted, "the keeper to have adopted what is left, since nothing is killed unasked")
    keeper.end(run)
    lifeline.wait_for_their_end()
    assert run.wait_status == 3 << 8
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 1)
    wait_until(lambda: not keeper.adopted(), "nothing to be left")


@pytest.mark.parametrize(("point", "by"), [("shim.before_done", "keeper"), ("shim.done", "shim")])
def test_killed_around_its_last_record_the_run_is_done_all_the_same(world: KeeperWorld, point: str, by: str) -> None:
    run = world.new_run("/bin/sh", "-c", "exit 7")
    keeper = world.start_keeper({f"{point}@{run.id}": "kill"})
    start(keeper, run)
    wait_until_lock_is_free(run)
    assert keeper.connection.ask(op="end", run=run.id)["result"] == "ended"
    assert run.record("done")["by"] == by


def test_end_is_refused_while_the_shim_lives(keeper: Keeper) -> None:
    run = keeper.begin("sleep", "1000")
    assert keeper.connection.ask(op="end", run=run.id)["result"] == "shim_alive"
    assert run.program.state not in {"", "Z"}


def test_end_kills_an_adopted_program_and_says_that_it_was_us(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin("/bin/sh", "-c", f"exec 9> {lifeline.path}; echo ready >&9; setsid sleep 1000 & sleep 1000")
    lifeline.read_line()
    run.shim.kill_and_wait()
    keeper.end(run)
    lifeline.wait_for_their_end()
    assert (run.wait_status, run.record("exit")["by"]) == (signal.SIGKILL, "keeper")
    assert run.signals == [(signal.SIGKILL, "stop", "tree")]


def test_a_leftover_that_cannot_be_attributed_is_not_killed_and_makes_the_proof_an_assumption(
    world: KeeperWorld, lifeline: Lifeline
) -> None:
    keeper = world.start_keeper({"shim.reaped": "kill"})
    run = begin_daemon(keeper, lifeline, "0", "bare")
    wait_until_lock_is_free(run)
    keeper.end(run)
    assert run.record("done")["proof"] == "assumed"
    wait_until(lambda: len(keeper.adopted()) == 1, "that one alone to be left")


def test_leftovers_of_another_run_are_left_alone(world: KeeperWorld, lifeline: Lifeline) -> None:
    keeper = world.start_keeper({"shim.reaped": "kill"})
    first, other = begin_daemon(keeper, lifeline, "0"), world.new_lifeline()
    second = begin_daemon(keeper, other, "0")
    for run in (first, second):
        wait_until_lock_is_free(run)
    keeper.end(first)
    lifeline.wait_for_their_end()
    assert first.record("done")["proof"] == "no_children"
    wait_until(lambda: len(keeper.adopted()) == 1, "that one alone to be left")
    keeper.end(second)
    other.wait_for_their_end()


def test_the_signals_a_killed_shim_had_sent_are_in_the_record_of_the_keeper(
    keeper: Keeper, lifeline: Lifeline, go: Path
) -> None:
    run = begin_heeding(keeper, lifeline, signal.SIGTERM, 4, str(go))
    run.stop()
    wait_until(lambda: run.has("signals"), "the polite signal")
    run.shim.kill_and_wait()
    go.write_text("go\n")
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (4 << 8, "keeper")
    assert run.signals == [(signal.SIGTERM, "stop", "group")]


def test_a_shim_that_is_frozen_loses_nothing(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; echo late; exit 7")
    shim, program = run.shim, run.program
    shim.kill(signal.SIGSTOP)
    go.write_text("go\n")
    wait_until(lambda: program.state == "Z", "the program to have ended")
    assert run.is_locked()
    shim.kill(signal.SIGCONT)
    run.wait("done")
    assert (run.wait_status, run.record("exit")["by"], run.output) == (7 << 8, "shim", b"late\n")
