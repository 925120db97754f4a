"""Every byte a program writes is in its log: in a flood, on a full disk, with the shim dead."""

import os
import signal
import struct
import sys
from pathlib import Path

import pytest

from tests.integration.shim.conftest import SmallDisk
from tests.support.keeper_process import PROGRAMS, Keeper, KeeperWorld
from tests.support.waiting import wait_until

MEBIBYTE = 1 << 20
NUMBERS = b"".join(b"%07d\n" % number for number in range(1 << 17))


def flood(size: int, piece: int) -> list[str]:
    """The command that writes `size` bytes, each time the same."""
    return [sys.executable, "-I", "-S", str(PROGRAMS / "flood.py"), str(size), str(piece)]


def is_flood(content: bytes, size: int) -> bool:
    whole, rest = divmod(size, len(NUMBERS))
    return content == NUMBERS * whole + NUMBERS[:rest]


@pytest.mark.slow
def test_a_flood_arrives_to_the_last_byte(keeper: Keeper) -> None:
    run = keeper.run(*flood(64 * MEBIBYTE, 100_000))
    assert is_flood(run.output, 64 * MEBIBYTE)
    assert run.record("done")["output_bytes"] == 64 * MEBIBYTE


def test_many_small_lines_arrive_to_the_last_byte(keeper: Keeper) -> None:
    run = keeper.run(*flood(MEBIBYTE + 13, 16))
    assert is_flood(run.output, MEBIBYTE + 13)


def test_the_last_words_before_a_sudden_death_are_kept(keeper: Keeper) -> None:
    run = keeper.run("/bin/sh", "-c", "echo last words; kill -9 $$")
    assert run.output == b"last words\n"


def test_what_a_leftover_wrote_before_it_was_killed_is_kept(keeper: Keeper, go: Path) -> None:
    run = keeper.run(
        "/bin/sh", "-c", f"(echo from the background; echo x > {go}; sleep 1000) & read line < {go}; exit 0"
    )
    assert run.output == b"from the background\n"


def test_the_index_says_when_which_offset_was_written(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"echo first; read line < {go}; echo second")
    wait_until(lambda: run.output == b"first\n", "the first line")
    wait_until(lambda: index_is_stale(run.path), "a tenth of a second to pass since")
    go.write_text("go\n")
    run.wait("done")
    entries = list(struct.iter_unpack("<QQ", (run.path / "output.idx").read_bytes()))
    assert [offset for offset, _ in entries] == [0, len(b"first\n")]
    assert entries[0][1] < entries[1][1]


def index_is_stale(directory: Path) -> bool:
    """Whether the log's last change is so long ago that the next one gets an entry of its own."""
    now = directory / "now"
    now.touch()
    return now.stat().st_mtime - (directory / "output.idx").stat().st_mtime > 0.15


def test_a_program_that_closes_its_output_and_goes_on_wakes_nobody(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f"echo hello; exec > {os.devnull} 2>&1; read line < {go}; exit 3")
    wait_until(lambda: run.output == b"hello\n", "the line")
    shim = run.shim
    wait_until(lambda: shim.state == "S", "the shim to be asleep")
    for _ in range(3):
        keeper.run("/bin/true")
    slept = shim.times_it_slept
    for _ in range(3):
        keeper.run("/bin/true")
    assert shim.times_it_slept == slept
    go.write_text("go\n")
    run.wait("done")
    assert run.wait_status == 3 << 8


@pytest.mark.faults
def test_with_the_shim_dead_the_program_waits_for_a_new_reader_and_gets_no_sigpipe(keeper: Keeper, go: Path) -> None:
    size = 3 * MEBIBYTE  # more than the FIFO holds
    run = keeper.begin("/bin/sh", "-c", f'echo before; read line < {go}; exec "$@"', "sh", *flood(size, 65536))
    wait_until(lambda: run.output == b"before\n", "the line")
    run.shim.kill_and_wait()
    reader = os.open(run.path / "output.fifo", os.O_RDONLY)
    go.write_text("go\n")
    received = bytearray()
    while len(received) < size:
        received += os.read(reader, MEBIBYTE)
    os.close(reader)
    run.wait("exit")
    assert run.wait_status == 0
    assert is_flood(bytes(received), size)


@pytest.mark.faults
def test_a_frozen_shim_holds_the_program_up_and_loses_nothing(keeper: Keeper, go: Path) -> None:
    run = keeper.begin("/bin/sh", "-c", f'read line < {go}; exec "$@"', "sh", *flood(3 * MEBIBYTE, 65536))
    shim, program = run.shim, run.program
    shim.kill(signal.SIGSTOP)
    go.write_text("go\n")
    wait_until(lambda: "flood" in command_of(program.pid) and program.state == "S", "the program to wait")
    shim.kill(signal.SIGCONT)
    run.wait("done")
    assert is_flood(run.output, 3 * MEBIBYTE)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.root
@pytest.mark.slow
def test_on_a_full_disk_the_end_is_recorded_at_once_and_the_log_when_there_is_room(
    small_world: KeeperWorld, small_disk: SmallDisk, go: Path
) -> None:
    keeper = small_world.start_keeper()
    run = keeper.begin("/bin/sh", "-c", f'read line < {go}; "$@"; exit 7', "sh", *flood(100_000, 1000))
    small_disk.fill()
    go.write_text("go\n")
    run.wait("exit")
    assert (run.wait_status, run.has("done"), run.is_locked()) == (7 << 8, False, True)
    small_disk.make_room()
    run.wait("done")
    assert is_flood(run.output, 100_000)
    assert run.record("done")["output_bytes"] == 100_000


@pytest.mark.root
@pytest.mark.slow
def test_on_a_full_disk_a_keeper_records_what_it_adopted_too(
    small_world: KeeperWorld, small_disk: SmallDisk, go: Path
) -> None:
    keeper = small_world.start_keeper()
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    small_disk.fill()
    run.shim.kill_and_wait()
    go.write_text("go\n")
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (7 << 8, "keeper")
    assert keeper.connection.ask(op="end", run=run.id)["result"] == "busy", "there is no room for done.json"
    small_disk.make_room()
    run.wait("done")


@pytest.mark.root
@pytest.mark.slow
def test_an_end_that_cannot_be_written_keeps_the_zombie_and_the_lock(
    small_world: KeeperWorld, small_disk: SmallDisk, go: Path
) -> None:
    keeper = small_world.start_keeper()
    run = keeper.begin("/bin/sh", "-c", f"read line < {go}; exit 7")
    program = run.program
    (run.path / "exit.tmp").unlink()  # the reserved room
    small_disk.fill()
    go.write_text("go\n")
    wait_until(lambda: program.state == "Z", "the program to have ended")
    ended_by = (run.path / "output.log").stat().st_mtime
    assert (run.has("exit"), run.is_locked()) == (False, True)
    small_disk.make_room()
    run.wait("done")
    assert (run.wait_status, run.record("exit")["by"], ended_by > 0) == (7 << 8, "shim", True)


@pytest.mark.root
@pytest.mark.slow
def test_a_start_on_a_full_disk_is_refused_before_any_user_code_runs(
    small_world: KeeperWorld, small_disk: SmallDisk, tmp_path: Path
) -> None:
    keeper = small_world.start_keeper()
    run = small_world.new_run("/usr/bin/touch", str(tmp_path / "ran"))
    small_disk.fill()
    assert keeper.connection.start(run)["result"] == "started"
    wait_until((run.path / "start_error.tmp").exists, "the shim to find no room")
    small_disk.make_room()
    run.wait("done")
    assert (run.record("start_error")["step"], run.record("start_error")["errno"]) == ("reserve", 28)
    assert not (tmp_path / "ran").exists()
