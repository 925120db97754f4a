"""Programs that want a terminal: what they find, and that what they write arrives as from any other."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.integration.shim.test_output import MEBIBYTE, flood, is_flood
from tests.support.handles import Process
from tests.support.keeper_process import Keeper, RunDirectory
from tests.support.kernel import children_of, name_of
from tests.support.waiting import wait_until

BUFFERS = "import sys; print('one'); open({go!r}).read(); print('two'); sys.exit(7)"
"""Writes a line, which Python holds back unless it goes to a terminal, and waits."""


def python(code: str) -> list[str]:
    """The command that executes it, with Python's own buffering."""
    return [sys.executable, "-I", "-S", "-c", code]


def terminal_of(run: RunDirectory, parent: Process) -> Process:
    """The process that carries the output."""

    def look() -> list[int]:
        return [pid for pid in children_of(parent.pid) if name_of(pid) == "portal-terminal"]

    return Process(wait_until(look, f"the terminal of {run.id}")[0])


def test_lines_arrive_as_they_are_written(keeper: Keeper, go: Path) -> None:
    run = keeper.begin(*python(BUFFERS.format(go=str(go))), terminal=True)
    wait_until(lambda: run.output == b"one\n", "the line")
    go.write_text("")
    run.wait("done")
    assert (run.output, run.wait_status) == (b"one\ntwo\n", 7 << 8)
    assert run.record("done")["killed"] == 0


def test_without_one_they_wait_in_the_program(keeper: Keeper, go: Path, tmp_path: Path) -> None:
    code = f"import sys; print('one'); open({str(tmp_path / 'up')!r}, 'w').close(); open({str(go)!r}).read()"
    run = keeper.begin(*python(code))
    wait_until((tmp_path / "up").exists, "the program")
    assert run.output == b""
    go.write_text("")
    run.wait("done")
    assert run.output == b"one\n"


def test_both_outputs_are_a_terminal_that_changes_nothing_and_controls_nothing(keeper: Keeper) -> None:
    code = (
        "import os; print([os.isatty(each) for each in (0, 1, 2)], os.get_terminal_size(1), flush=True);"
        "print(sorted(os.listdir('/proc/self/fd'))[:-1], flush=True);"
        "print(os.path.exists('/dev/tty') and os.access('/dev/tty', os.R_OK), flush=True);"
        "os.write(2, bytes(range(256)))"
    )
    run = keeper.run(*python(code), terminal=True)
    head, _, rest = run.output.partition(b"\n")
    assert head == b"[False, True, True] os.terminal_size(columns=80, lines=24)"
    descriptors, _, rest = rest.partition(b"\n")
    assert descriptors == b"['0', '1', '2']"
    assert rest.partition(b"\n")[2] == bytes(range(256))
    opened = keeper.run("/bin/sh", "-c", ": < /dev/tty", terminal=True)
    assert opened.wait_status != 0


def test_what_a_shell_sends_to_dev_stderr_arrives(keeper: Keeper) -> None:
    run = keeper.run("/bin/sh", "-c", "echo out; echo err > /dev/stderr; echo more >&2", terminal=True)
    assert run.output == b"out\nerr\nmore\n"


@pytest.mark.slow
def test_a_flood_arrives_to_the_last_byte_through_a_terminal_too(keeper: Keeper) -> None:
    run = keeper.run(*flood(8 * MEBIBYTE, 10_000), terminal=True)
    assert is_flood(run.output, 8 * MEBIBYTE)
    assert (run.wait_status, run.record("done")["proof"]) == (0, "no_children")


def test_the_last_words_before_a_sudden_death_are_kept(keeper: Keeper) -> None:
    run = keeper.run("/bin/sh", "-c", "echo last words; kill -9 $$", terminal=True)
    assert (run.output, run.wait_status) == (b"last words\n", 9)


def test_a_stop_ends_it_and_what_it_left_behind(keeper: Keeper, go: Path) -> None:
    script = f"(trap '' TERM; sleep 1000) & echo up; read line < {go}"
    run = keeper.begin("/bin/sh", "-c", script, terminal=True)
    wait_until(lambda: run.output == b"up\n", "its line")
    run.stop(signal.SIGTERM, grace_seconds=0.1)
    run.wait("done")
    assert run.wait_status == signal.SIGTERM
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 1)


def test_a_command_that_cannot_be_executed_says_so_as_ever(keeper: Keeper) -> None:
    run = keeper.run("/no/such/command", terminal=True)
    assert (run.record("start_error")["step"], run.record("start_error")["errno"]) == ("exec", 2)
    wait_until(lambda: not keeper.adopted(), "the terminal to be gone")


@pytest.mark.slow
def test_a_terminal_that_somebody_out_of_reach_keeps_open_holds_nothing_up_for_ever(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"echo up; read line < {go}; echo end; exit 7", terminal=True)
    wait_until(lambda: run.output == b"up\n", "its line")
    held = os.open(f"/proc/{run.program.pid}/fd/1", os.O_WRONLY | os.O_NOCTTY)
    go.write_text("go\n")
    run.wait("done")
    os.close(held)
    assert (run.output, run.wait_status) == (b"up\nend\n", 7 << 8)
    assert run.record("done")["proof"] == "no_children"


@pytest.mark.faults
def test_the_death_of_the_shim_hangs_nothing_up(keeper: Keeper, go: Path) -> None:
    run = keeper.begin(*python(BUFFERS.format(go=str(go))), terminal=True)
    wait_until(lambda: run.output == b"one\n", "the line")
    run.shim.kill_and_wait()
    terminal_of(run, keeper.process)
    go.write_text("")
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (7 << 8, "keeper")
    wait_until(lambda: not keeper.adopted(), "the terminal to be gone")
    with (run.path / "output.fifo").open("rb", buffering=0) as fifo:
        assert fifo.read(100) == b"two\n"
    keeper.end(run)
    assert run.record("done")["proof"] == "no_children"


@pytest.mark.faults
def test_a_terminal_that_is_killed_is_an_error_for_the_program_and_not_its_end(keeper: Keeper, go: Path) -> None:
    code = (
        f"import os; os.write(1, b'one'); open({str(go)!r}).read()\ntry: os.write(1, b'two')\n"
        "except OSError as error: os._exit(error.errno)"
    )
    run = keeper.begin(*python(code), terminal=True)
    wait_until(lambda: run.output == b"one", "its output")
    terminal_of(run, run.shim).kill_and_wait()
    go.write_text("")
    run.wait("done")
    assert (run.wait_status, run.output) == (5 << 8, b"one")
