"""A log over its limit loses its oldest part on disk; what is kept stays where it was, whoever dies meanwhile."""

import os
import subprocess
from pathlib import Path

import pytest

from addon_portal.evidence.holes import first_kept
from addon_portal.shim import shim
from addon_portal.workspaces.disk import DIRECTORY, opened
from tests.integration.shim.test_output import MEBIBYTE, NUMBERS, flood
from tests.support.keeper_process import Keeper, KeeperWorld, RunDirectory
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def kept_of(run: RunDirectory) -> int:
    """Where the kept part of its log begins."""
    with (run.path / "output.log").open("rb") as log:
        return first_kept(log.fileno(), os.fstat(log.fileno()).st_size)


def assert_the_rest_is_whole(run: RunDirectory, size: int, limit: int, slack: int = 0) -> None:
    """The log has its whole length and its newest part byte for byte, and takes no more room than the limit."""
    kept, log = kept_of(run), run.path / "output.log"
    assert log.stat().st_size == size
    assert size - limit <= kept + slack
    assert kept <= size - limit // 2
    assert log.stat().st_blocks * 512 <= limit + slack + 65536
    with log.open("rb") as file:
        file.seek(kept)
        expected = (NUMBERS * (size // len(NUMBERS) + 1))[kept:size]
        assert file.read() == expected


@pytest.mark.parametrize("limit", [MEBIBYTE, 10 * MEBIBYTE])
def test_only_the_newest_part_is_kept(keeper: Keeper, limit: int) -> None:
    run = keeper.run(*flood(33 * MEBIBYTE, 100_000), log_limit_bytes=limit)
    assert_the_rest_is_whole(run, 33 * MEBIBYTE, limit)
    assert run.record("done")["output_bytes"] == 33 * MEBIBYTE


def test_a_limit_that_is_smaller_than_a_chunk_is_kept_too(keeper: Keeper) -> None:
    run = keeper.run(*flood(5 * MEBIBYTE, MEBIBYTE), log_limit_bytes=100_000)
    assert_the_rest_is_whole(run, 5 * MEBIBYTE, 100_000)


@pytest.mark.parametrize("limit", [0, None, MEBIBYTE, 33 * MEBIBYTE])
def test_what_is_within_the_limit_stays_whole(keeper: Keeper, limit: int | None) -> None:
    size = MEBIBYTE if limit == MEBIBYTE else 33 * MEBIBYTE
    run = keeper.run(*flood(size, 100_000), log_limit_bytes=limit)
    assert kept_of(run) == 0
    assert run.output == (NUMBERS * 33)[:size]


@pytest.mark.faults
@pytest.mark.parametrize("point", ["shim.before_drop", "shim.dropped"])
def test_killed_while_it_drops_the_end_and_the_rest_are_true(world: KeeperWorld, point: str) -> None:
    run = world.new_run(*flood(MEBIBYTE + 500_000, 100_000), log_limit_bytes=MEBIBYTE)
    keeper = world.start_keeper({f"{point}@{run.id}": "kill"})
    assert keeper.connection.start(run)["result"] == "started"
    wait_until(lambda: not run.is_locked(), "the shim's lock to be free")
    size = (run.path / "output.log").stat().st_size
    assert MEBIBYTE < size <= MEBIBYTE + 500_000
    if point == "shim.dropped":
        assert_the_rest_is_whole(run, size, MEBIBYTE)
    else:
        assert kept_of(run) == 0
    run.wait("exit")
    assert (run.wait_status, run.record("exit")["by"]) == (0, "keeper")


def test_what_a_death_in_the_middle_has_left_is_never_taken_for_output_and_goes_with_the_next_part(
    tmp_path: Path,
) -> None:
    with (tmp_path / "output.log").open("wb+") as log, opened(str(tmp_path), DIRECTORY) as directory:
        log.write(NUMBERS * 4)
        log.flush()
        subprocess.run(["fallocate", "--punch-hole", "-o", "524288", "-l", "524288", log.name], check=True)
        assert first_kept(log.fileno(), 4 * MEBIBYTE) == MEBIBYTE
        again = shim.drop_oldest(directory, log.fileno(), 4 * MEBIBYTE, 2 * MEBIBYTE, "shim", "run")
        kept = first_kept(log.fileno(), 4 * MEBIBYTE)
        assert 2 * MEBIBYTE <= kept < 3 * MEBIBYTE
        assert again == kept + 2 * MEBIBYTE
        assert os.lseek(log.fileno(), 0, os.SEEK_DATA) == kept


def test_a_file_system_that_does_not_tell_its_holes_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken out of a file there would be read as zeros that the program has written."""
    monkeypatch.setattr(shim, "PUNCH", lambda *_: -1)
    with (tmp_path / "output.log").open("wb+") as log, opened(str(tmp_path), DIRECTORY) as directory:
        log.write(NUMBERS * 4)
        log.flush()
        again = shim.drop_oldest(directory, log.fileno(), 4 * MEBIBYTE, MEBIBYTE, "shim", "run")
        assert again > 4 * MEBIBYTE
        assert first_kept(log.fileno(), 4 * MEBIBYTE) == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["output.log"]
    assert (tmp_path / "output.log").read_bytes() == NUMBERS * 4


@pytest.mark.root
def test_a_log_in_memory_is_kept_to_its_limit_too(small_world: KeeperWorld) -> None:
    """The disk is a tmpfs with less room than the program writes."""
    keeper = small_world.start_keeper()
    run = keeper.run(*flood(33 * MEBIBYTE, 100_000), log_limit_bytes=4 * MEBIBYTE)
    assert run.wait_status == 0
    assert_the_rest_is_whole(run, 33 * MEBIBYTE, 4 * MEBIBYTE)
