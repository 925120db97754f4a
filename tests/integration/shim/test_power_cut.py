"""What a power cut leaves: an ext4 file system in a file, which is copied at a moment and mounted again.

The copy holds what had reached the disk and nothing of what was in memory alone, so mounting it is what comes after.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.keeper_process import KeeperWorld, RunDirectory

pytestmark = [pytest.mark.root, pytest.mark.faults]


class Disk:
    """A file system of its own, mounted at `path`."""

    def __init__(self, directory: Path) -> None:
        self.image, self.path, self._after = directory / "image", directory / "disk", directory / "after"
        self._after.mkdir()

    def mount(self) -> None:
        """Make it. Skips the test where that is not allowed."""
        self.path.mkdir()
        with self.image.open("wb") as file:
            file.truncate(16 << 20)
        subprocess.run(["mkfs.ext4", "-q", self.image], check=True)
        done = subprocess.run(["mount", "-o", "loop", self.image, self.path], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"a file cannot be mounted here: {done.stderr.strip()}")

    def after_a_cut(self, path: Path, name: str) -> bytes | None:
        """What a file in a directory of this disk would hold if the power went now; None if it would not be there."""
        copy = self.image.with_suffix(".copy")
        shutil.copyfile(self.image, copy)
        subprocess.run(["mount", "-o", "loop", copy, self._after], check=True)
        try:
            file = self._after / path.relative_to(self.path) / name
            return file.read_bytes() if file.exists() else None
        finally:
            subprocess.run(["umount", self._after], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    disk.mount()
    yield disk
    subprocess.run(["umount", disk.path], check=True)


@pytest.fixture
def world_on_disk(disk: Disk) -> Iterator[KeeperWorld]:
    with KeeperWorld(disk.path / "data") as world:
        yield world


def test_the_identity_is_on_disk_before_the_gate_opens(disk: Disk, world_on_disk: KeeperWorld) -> None:
    world = world_on_disk
    unnamed, named = world.new_pause(), world.new_pause()
    keeper = world.start_keeper({"shim.before_identity": unnamed.action, "shim.before_gate": named.action})
    run = world.new_run("/bin/true")
    keeper.connection.send_start(run)
    unnamed.wait()
    assert disk.after_a_cut(run.path, "child.json") is None
    unnamed.release()
    named.wait()
    assert json.loads(disk.after_a_cut(run.path, "child.json") or b"") == run.record("child")
    named.release()
    run.wait("done")


def test_how_it_ended_is_on_disk_soon_after_its_shim_has_gone(disk: Disk, world_on_disk: KeeperWorld) -> None:
    run: RunDirectory = world_on_disk.start_keeper().begin("/bin/sh", "-c", "exit 7")
    run.wait("done")
    run.shim.wait()
    assert json.loads(disk.after_a_cut(run.path, "exit.json") or b"") == run.record("exit")
