"""Lock files whose text is the holder's pid.

The lock is the truth and lives exactly as long as its holder, however that dies (flock(2)); the text only says whom to
name. A holder is addressed by a pidfd, opened before the lock is tested once more, so that no stranger is ever meant.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class LockTaken(Exception):
    """Somebody else holds the lock; `pid` is what the file says, None where it says nothing yet."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"held by pid {pid}")
        self.pid = pid


def take_lock(path: str) -> int:
    """Take the lock for as long as the returned descriptor is open. Raises LockTaken and OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while not _try(descriptor, fcntl.LOCK_EX):
        if not _try(descriptor, fcntl.LOCK_SH):
            os.close(descriptor)
            raise LockTaken(read_pid(path))
        # It was only somebody who tested the lock, as `is_held` does.
    text = str(os.getpid()).encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text, 0)
    return descriptor


def is_held(path: str) -> bool:
    """Whether somebody holds the lock now; a missing file is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def read_pid(path: str) -> int | None:
    """The pid that the file names, whether or not its process lives."""
    with suppress(OSError, ValueError):
        return int(Path(path).read_text(encoding="ascii"))
    return None


def open_holder(path: str) -> tuple[int, int] | None:
    """The pid of the holder and a pidfd that means it for ever; None when nobody holds the lock.

    Raises LookupError when the holder cannot be addressed: it lives in another PID namespace.
    """
    pid = read_pid(path)
    if not is_held(path) or pid is None:
        return None
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        pidfd = -1
    if is_held(path) and read_pid(path) == pid:
        if pidfd >= 0 and _has_open(pid, path):
            return pid, pidfd
        raise LookupError(f"The lock {path} is held by a process that cannot be seen from here.")
    if pidfd >= 0:
        os.close(pidfd)
    return None


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _has_open(pid: int, path: str) -> bool:
    wanted = Path(path).resolve()
    with suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if link.readlink() == wanted:
                    return True
    return False
