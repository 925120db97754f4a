"""How a program's end is recorded, and what becomes of what it leaves behind."""

import fcntl
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import PROGRAMS, Keeper, KeeperWorld, RunDirectory
from tests.support.waiting import wait_until


def begin_daemon(keeper: Keeper, lifeline: Lifeline, *arguments: str) -> RunDirectory:
    """Start leave_daemon.py, and return once its daemon holds the lifeline."""
    environment = {"LIFELINE": str(lifeline.path)}
    run = keeper.world.new_run(sys.executable, "-I", "-S", str(PROGRAMS / "leave_daemon.py"), *arguments)
    environment |= {"ADDON_PORTAL_RUN_ID": run.id}
    assert keeper.connection.start(run, environment)["result"] == "started"
    assert lifeline.read_line().startswith("daemon")
    return run


@pytest.mark.parametrize("code", [0, 1, 3, 127, 255])
def test_an_exit_code_is_recorded_raw(keeper: Keeper, code: int) -> None:
    run = keeper.run("/bin/sh", "-c", f"exit {code}")
    record = run.record("exit")
    assert (record["wait_status"], record["by"], record["signals"]) == (code << 8, "shim", [])
    assert record["pid"] == run.record("child")["pid"]
    assert record["memory_events"] is None
    assert not run.has("start_error")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1])
def test_a_signal_is_recorded_raw_and_not_as_one_of_ours(keeper: Keeper, number: int) -> None:
    run = keeper.run("/bin/sh", "-c", f"kill -{int(number)} $$")
    assert (run.wait_status, run.signals) == (number, [])


def test_a_core_dump_is_recorded(keeper: Keeper, tmp_path: Path) -> None:
    script = "import os, resource as r; r.setrlimit(r.RLIMIT_CORE, (-1, -1)); os.abort()"
    run = keeper.run(sys.executable, "-S", "-c", script, cwd=str(tmp_path))
    dumped = any(tmp_path.iterdir())
    assert run.wait_status & 0x7F == signal.SIGABRT
    assert run.wait_status & 0x80 or not dumped


def test_a_program_killed_from_outside_is_recorded(keeper: Keeper) -> None:
    run = keeper.begin("sleep", "1000")
    run.program.kill()
    run.wait("done")
    assert (run.wait_status, run.record("exit")["by"]) == (signal.SIGKILL, "shim")


@pytest.mark.slow
def test_the_costs_of_a_program_and_its_children_are_recorded(keeper: Keeper) -> None:
    burn = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done"
    run = keeper.run("/bin/sh", "-c", f"({burn}); exit 0")
    assert run.record("exit")["cpu_user_seconds"] > 0


@pytest.mark.slow
def test_of_the_memory_only_what_was_the_programs_is_recorded(keeper: Keeper) -> None:
    large = keeper.run(sys.executable, "-c", f"b'x' * {64 << 20}")
    assert 64 << 20 < large.record("done")["max_rss_bytes"] < 256 << 20
    assert keeper.run("/bin/true").record("done")["max_rss_bytes"] is None
    # Reading what the program is to find costs its stub many times as much.
    environment = {f"LARGE_{number}": "ü" * 50_000 for number in range(12)}
    assert keeper.run("/bin/true", environment=environment).record("done")["max_rss_bytes"] is None


def test_a_quiet_end_proves_that_nothing_is_left(keeper: Keeper) -> None:
    done = keeper.run("/bin/true").record("done")
    assert (done["proof"], done["killed"], done["output_bytes"], done["by"]) == ("no_children", 0, 0, "shim")


def test_a_double_forked_daemon_is_killed_after_a_natural_end(keeper: Keeper, lifeline: Lifeline) -> None:
    run = begin_daemon(keeper, lifeline, "3")
    run.wait("done")
    lifeline.wait_for_their_end()
    assert run.wait_status == 3 << 8
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 1)


def test_a_daemon_without_cookie_and_one_that_is_stopped_are_killed_too(keeper: Keeper, lifeline: Lifeline) -> None:
    script = f"exec 9> {lifeline.path}; env -i setsid sh -c 'kill -STOP $$' & echo ready >&9; exit 0"
    run = keeper.run("/bin/sh", "-c", script)
    lifeline.wait_for_their_end()
    assert run.record("done")["killed"] >= 1


def test_many_leftovers_in_deep_chains_are_all_killed(keeper: Keeper, lifeline: Lifeline) -> None:
    script = f"exec 9> {lifeline.path}; for i in 1 2 3 4 5 6 7 8; do (setsid sleep 1000 & sleep 1000) & done; exit 0"
    run = keeper.run("/bin/sh", "-c", script)
    lifeline.wait_for_their_end()
    assert run.record("done")["proof"] == "no_children"


def test_zombies_that_others_left_are_reaped_while_the_program_runs(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"for i in 1 2 3; do (true &) ; done; echo made; read line < {go}")
    children = Path(f"/proc/{run.shim.pid}/task/{run.shim.pid}/children")
    wait_until(lambda: children.read_text().split() == [str(run.program.pid)], "the shim to have reaped")
    go.write_text("go\n")
    run.wait("done")
    assert run.wait_status == 0


def test_each_event_is_hinted_once_and_in_order(keeper: Keeper) -> None:
    run = keeper.run("/bin/sh", "-c", "(sleep 1000 &)")
    assert [keeper.world.count_hints(run.id, event) for event in ("started", "exit", "done")] == [1, 1, 1]


def test_an_end_that_leaves_nothing_behind_is_hinted_once(keeper: Keeper) -> None:
    run = keeper.run("/bin/true")
    assert [keeper.world.count_hints(run.id, event) for event in ("started", "exit", "done")] == [1, 0, 1]


def test_nobody_listening_to_hints_changes_nothing(keeper: Keeper, world: KeeperWorld) -> None:
    run = world.new_run("/bin/true", hints=str(world.data.root / "no-such-fifo"))
    keeper.connection.start(run)
    wait_until(lambda: run.has("done"), "done.json")
    assert run.wait_status == 0


def test_a_full_fifo_of_hints_holds_up_nobody(keeper: Keeper, world: KeeperWorld, tmp_path: Path) -> None:
    hints = tmp_path / "full"
    os.mkfifo(hints)
    descriptor = os.open(hints, os.O_RDWR | os.O_NONBLOCK)
    os.write(descriptor, b"x" * fcntl.fcntl(descriptor, 1032))
    run = world.new_run("/bin/true", hints=str(hints))
    keeper.connection.start(run)
    wait_until(lambda: run.has("done"), "done.json")
    os.close(descriptor)


def test_an_exit_record_that_stands_is_not_overwritten(world: KeeperWorld) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.peeked": pause.action})
    run = world.new_run("/bin/true")
    keeper.connection.start(run)
    pause.wait()
    (run.path / "exit.json").write_text("it stands")
    pause.release()
    run.wait("done")
    assert (run.path / "exit.json").read_text() == "it stands"


def test_a_shim_whose_directory_is_deleted_ends_everything_and_leaves(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin("/bin/sh", "-c", f"exec 9> {lifeline.path}; setsid sleep 1000 & echo ready >&9; exec sleep 1000")
    lifeline.read_line()
    shim, program = run.shim, run.program
    shutil.rmtree(run.path)
    program.kill()
    lifeline.wait_for_their_end()
    shim.wait()
