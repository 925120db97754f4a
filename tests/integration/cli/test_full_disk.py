"""A full disk: the portal waits for room, and all of it is there when there is room again."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from addon_portal.cli.logs import LineLogger
from addon_portal.cli.upkeep.log_files import RotatedLog
from addon_portal.cli.upkeep.private_files import write_private
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

TURNS = 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little more room than `up` asks for at its start."""
    where = tmp_path / "small"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can only be mounted by root with CAP_SYS_ADMIN")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def fill(directory: Path) -> Path:
    """Use up every byte; removing the file gives them back."""
    ballast = directory / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
    assert os.statvfs(directory).f_bavail == 0
    return ballast


def turns_of(pid: int) -> int:
    """How often the process has waited for something, proc_pid_status(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


@pytest.mark.slow
@pytest.mark.faults
def test_a_full_disk_ends_nothing_and_all_works_when_there_is_room_again(small_disk: Path) -> None:
    portal = Portal(small_disk / "data")
    try:
        portal.start("--no-samples")
        assert portal.process is not None
        before = portal.up_file()["pids"]
        assert portal.call("run", "--name", "first", "--", "true").returncode == 0
        ballast = fill(small_disk)
        portal.call("run", "--name", "first", "--detach", "--note", "n" * 2000)  # whatever becomes of it
        then = turns_of(before["supervisor"])
        wait_until(lambda: turns_of(before["supervisor"]) > then + TURNS, "a supervisor that goes on looking")
        os.kill(before["api"], signal.SIGKILL)
        assert portal.next_line().startswith("api (pid ")
        assert "up.json cannot be written (No space left on device)" in portal.next_line()
        assert portal.up_file()["pids"] == before
        ballast.unlink()
        after = wait_until(lambda: (now := portal.up_file()["pids"]) != before and now, "the api's new pid in up.json")
        assert (after["supervisor"], after["keeper"]) == (before["supervisor"], before["keeper"])
        done = portal.call("run", "--name", "second", "--", "sh", "-c", "exit 5")
        assert done.returncode == 5, done.stderr
        assert portal.process.poll() is None
        assert not list(portal.data.glob("*.tmp"))
    finally:
        portal.clean_up()


def test_a_line_that_cannot_be_written_is_lost_and_the_next_is_whole() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        LineLogger(full, RotatedLog(None)).warning("lost")
    finally:
        os.close(full)
    reader, writer = os.pipe()
    LineLogger(writer, RotatedLog(None)).info("kept \udcff")
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == b"kept \\udcff\n"


def test_a_private_file_that_has_no_room_leaves_the_old_one_and_nothing_else(small_disk: Path) -> None:
    known = small_disk / "known"
    write_private(str(known), "old")
    ballast = fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        write_private(str(known), "new" * 100_000)
    assert sorted(path.name for path in small_disk.iterdir()) == ["ballast", "known"]
    assert known.read_text() == "old"
    ballast.unlink()
    write_private(str(known), "new" * 100_000)
    assert known.stat().st_size == 300_000
