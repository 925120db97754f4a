"""A file system of its own, of which one can see what a power cut would leave.

It lies in a file. A copy of that holds what had reached the disk and nothing of what was in memory alone, so mounting
the copy is what comes after the cut.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """An ext4 file system, mounted at `path`; needs root."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "disk"
        self._image, self._copy, self._after = directory / "image", directory / "copy", directory / "after"

    @contextmanager
    def mounted(self) -> Iterator["Disk"]:
        """Make it. Skips the test where a file cannot be mounted."""
        for directory in (self.path, self._after):
            directory.mkdir()
        with self._image.open("wb") as file:
            file.truncate(16 << 20)
        subprocess.run(["mkfs.ext4", "-q", self._image], check=True)
        done = subprocess.run(["mount", "-o", "loop", self._image, self.path], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"a file cannot be mounted here: {done.stderr.strip()}")
        try:
            yield self
        finally:
            subprocess.run(["umount", self.path], check=True)

    @contextmanager
    def after_a_cut(self, path: Path) -> Iterator[Path]:
        """Where one finds what would be left of a path on this disk if the power went now."""
        shutil.copyfile(self._image, self._copy)
        subprocess.run(["mount", "-o", "loop", self._copy, self._after], check=True)
        try:
            yield self._after / path.relative_to(self.path)
        finally:
            subprocess.run(["umount", self._after], check=True)
