"""One supervisor per data directory.

A flock(2) says who; it is let go by the kernel however its holder dies, so nothing has to be cleaned up after a crash.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class AlreadySupervised(Exception):
    """Another supervisor holds this data directory."""

    def __init__(self, path: Path, pid: str) -> None:
        super().__init__(
            f"Process {pid or '?'} already supervises {path.parent}. One data directory has one supervisor; "
            "stop that one first, or give this one a data directory of its own."
        )


class InstanceLock:
    """Held from entering to leaving; the file's text is the holder's pid, for people."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock. Raises AlreadySupervised with the pid of the one that has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while not _try(descriptor, fcntl.LOCK_EX):
            if not _try(descriptor, fcntl.LOCK_SH):
                pid = os.read(descriptor, 32).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise AlreadySupervised(self._path, pid)
            # It was only somebody who looked whether it is held, for an instant and shared.
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        os.close(self._descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
