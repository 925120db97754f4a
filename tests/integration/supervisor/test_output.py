"""The output of a program whose shim is dead: complete and in order, whoever else dies."""

import contextlib
import os
import struct
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import NO_TERMS, Terms
from addon_portal.executors.run_files import write_json
from tests.support.host import SupervisedHost
from tests.support.host_parts import Leash
from tests.support.machine import run_where_allowed

pytestmark = pytest.mark.slow

LINES = 1_200_000
EXPECTED = "".join(f"{number}\n" for number in range(1, LINES + 1)).encode()


def loud(leash: Leash) -> list[str]:
    """A program that writes 8 MiB and more when it is let go, and ends with 4."""
    return ["sh", "-c", f'echo 0; read word <"$0"; seq 1 {LINES}; exit 4', str(leash.path)]


def unsupervised(host: SupervisedHost, argv: list[str], terms: Terms = NO_TERMS) -> RunId:
    """A run whose shim was killed when it had said something."""
    run_id = host.running(*argv, terms=terms)
    host.wait_for(lambda: host.output(run_id) == b"0\n", "the first line")
    host.shim(run_id).kill_and_wait()
    host.reach_condition(run_id, "unsupervised")
    return run_id


def test_eight_mebibytes_written_after_the_shim_died_are_all_there(host: SupervisedHost) -> None:
    assert len(EXPECTED) > 8 << 20
    leash = host.leash()
    run_id = unsupervised(host, loud(leash))
    leash.end()
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id) == b"0\n" + EXPECTED
    index = (host.directory(run_id) / "output.idx").read_bytes()
    offsets = [offset for offset, _ in struct.iter_unpack("<QQ", index)]
    assert len(index) % 16 == 0
    assert offsets == sorted(set(offsets))
    assert offsets[-1] < len(EXPECTED)


def exceeds(path: Path, size: int) -> bool:
    """Whether a file is larger."""
    return path.stat().st_size > size


def test_nothing_is_lost_or_doubled_when_the_supervisor_dies_while_it_reads(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = unsupervised(host, loud(leash))
    log = host.directory(run_id) / "output.log"
    leash.end()
    for _ in range(3):
        enough = min(log.stat().st_size, len(EXPECTED) - 1)
        host.wait_for(partial(exceeds, log, enough), "more output")
        host.supervisor.kill()
        host.start_supervisor()
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id) == b"0\n" + EXPECTED


def test_what_was_written_just_before_the_end_is_there_when_the_end_is_told(host: SupervisedHost) -> None:
    for number in range(5):
        leash = host.leash()
        run_id = unsupervised(host, ["sh", "-c", f'echo 0; read word <"$0"; echo last {number}', str(leash.path)])
        leash.end()
        host.final(run_id)
        assert host.output(run_id) == f"0\nlast {number}\n".encode()


@pytest.fixture
def small_disk(idle_host: SupervisedHost) -> Iterator[Path]:
    """The run root on a disk of 3 MiB."""
    root = idle_host.data.run_root
    run_where_allowed("mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "none", root)
    idle_host.mark_root()
    yield root
    subprocess.run(["umount", "-l", root], check=True)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_holds_up_the_program_and_loses_nothing(idle_host: SupervisedHost, small_disk: Path) -> None:
    host = idle_host.start()
    leash = host.leash()
    run_id = unsupervised(host, loud(leash))
    leash.end()
    host.wait_for(lambda: os.statvfs(small_disk).f_bavail == 0, "the disk to be full")
    host.await_sweep()
    assert host.supervisor.is_running
    assert host.get(run_id).is_active
    subprocess.run(["mount", "-o", "remount,size=32m", small_disk], check=True)
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id) == b"0\n" + EXPECTED


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_run_is_finishing_with_its_code_while_its_last_output_has_no_room(
    idle_host: SupervisedHost, small_disk: Path
) -> None:
    host = idle_host.start()
    leash = host.leash()
    run_id = unsupervised(host, ["sh", "-c", 'echo 0; read word <"$0"; seq 1 100000; exit 4', str(leash.path)])
    filler = small_disk / "filler"
    fill(filler)
    leash.end()
    run = host.reach_condition(run_id, "finishing")
    assert (run.state, run.exit_code) == (RunState.RUNNING, 4)
    filler.unlink()
    assert host.final(run_id).exit_code == 4
    assert host.output(run_id).endswith(b"\n100000\n")


def fill(filler: Path) -> None:
    """Leave some pages of a disk: enough for records, which are small, and not for the log."""
    filler.touch()
    with contextlib.suppress(OSError):
        while True:
            with filler.open("ab", buffering=0) as file:
                file.write(bytes(4096))
    os.truncate(filler, filler.stat().st_size - 10 * 4096)


def test_a_spec_that_a_full_disk_cuts_short_is_never_taken_for_whole(tmp_path: Path) -> None:
    """write(2) takes what fits and says so; only the next one is refused."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], check=True)
    try:
        with pytest.raises(OSError, match="No space left"):
            write_json(f"{place}/spec.json", {"version": 1, "run": "x", "argv": ["y" * (1 << 17)]})
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", "-l", place], check=True)
