"""A data directory, a keeper on it, and something for programs to hold on to."""

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, KeeperWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[KeeperWorld]:
    """An empty data directory; whatever is started on it ends with the test."""
    with KeeperWorld(tmp_path / "data") as world:
        yield world


@pytest.fixture
def keeper(world: KeeperWorld) -> Keeper:
    """A keeper without fault points."""
    return world.start_keeper()


@pytest.fixture
def lifeline(world: KeeperWorld) -> Lifeline:
    """Tells what programs say, and when the last that holds it is dead."""
    return world.new_lifeline()


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """A FIFO that a program reads from until the test writes a line to it."""
    path = tmp_path / "go"
    os.mkfifo(path)
    return path


class SmallDisk:
    """A file system of a few megabytes, and a file that takes all its room."""

    def __init__(self, path: Path) -> None:
        self.path, self.filler = path, path / "filler"

    def fill(self) -> None:
        """Leave no room."""
        with self.filler.open("wb") as file, contextlib.suppress(OSError):
            for offset in itertools.count(step=4096):
                os.posix_fallocate(file.fileno(), offset, 4096)

    def make_room(self) -> None:
        """Give the room back."""
        self.filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Mounted for this test; needs root."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", path], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield SmallDisk(path)
    subprocess.run(["umount", path], check=True)


@pytest.fixture
def small_world(small_disk: SmallDisk) -> Iterator[KeeperWorld]:
    """A data directory on the small disk."""
    with KeeperWorld(small_disk.path / "data") as world:
        yield world
