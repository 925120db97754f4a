"""The log files of our own processes: opened by whoever starts a process, rotated by the process that writes.

A process holds its file as descriptors 1 and 2. When it has grown large the process renames it and opens another one in
its place: no line is written twice or lost, whoever writes meanwhile, and nobody has to be told. Standard library only.
"""

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOG_FILE = "ADDON_PORTAL_LOG_FILE"
"""The environment variable that tells a process on which file its output was opened for it."""
LARGEST_LOG_BYTES = 10 << 20
KEPT_LOGS = 3
"""How many older files are kept, as `NAME.log.1` (the newest) and so on."""


def log_path(directory: str, name: str) -> str:
    """Where a process of ours writes."""
    return f"{directory}/{name}.log"


def open_log(directory: str, name: str) -> int:
    """Open a process's log for appending; one that grew large is put aside first.

    On a full disk that has no place for a new one the process goes without: better no log than no process.
    """
    path = log_path(directory, name)
    try:
        with suppress(FileNotFoundError):
            if Path(path).stat().st_size > LARGEST_LOG_BYTES:
                _put_aside(path, KEPT_LOGS)
        return _open(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def last_line(path: str) -> str:
    """The last line that says something, for a message about a process that died."""
    try:
        with Path(path).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4096))
            lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return lines[-1].strip()[:300] if lines else ""


class RotatedLog:
    """The log file behind descriptors of this process. A path of None stands for output that is not ours to rotate.

    Holds a descriptor of the directory and one in reserve: a process that has none left has the most to complain of.
    """

    def __init__(
        self,
        path: str | None,
        descriptors: tuple[int, ...] = (1, 2),
        *,
        largest_bytes: int = LARGEST_LOG_BYTES,
        kept: int = KEPT_LOGS,
    ) -> None:
        self._path = path
        self._descriptors = descriptors
        self._largest_bytes = largest_bytes
        self._kept = kept
        self._rotating = threading.Lock()
        self._directory: int | None = None
        self._reserve: int | None = None
        self._make_provision()

    def close(self) -> None:
        """Let go of what is held; the log's own descriptors stay."""
        for descriptor in (self._directory, self._reserve):
            if descriptor is not None:
                os.close(descriptor)
        self._directory = self._reserve = self._path = None

    def rotate_if_large(self) -> None:
        """Put the file aside when it has grown large. Never raises OSError: what fails is tried at the next line."""
        if self._path is None or not self._is_large():
            return
        with suppress(OSError), self._alone():
            if self._is_large():  # nobody else was faster
                self._rotate(self._path)

    def _is_large(self) -> bool:
        return os.fstat(self._descriptors[-1]).st_size > self._largest_bytes

    def _rotate(self, path: str) -> None:
        old = os.fstat(self._descriptors[-1])
        with suppress(FileNotFoundError):
            # Another process may have put it aside, or we may, when there was no room for a new one.
            if os.path.samestat(old, Path(path).stat()):
                _put_aside(path, self._kept)
        if self._reserve is not None:
            os.close(self._reserve)  # makes room for the new file's
            self._reserve = None
        new = _open(path)
        try:
            for descriptor in self._descriptors:
                if os.path.samestat(old, os.fstat(descriptor)):
                    os.dup2(new, descriptor)
        finally:
            os.close(new)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Raises BlockingIOError where another thread or process is rotating in this directory."""
        if not self._rotating.acquire(blocking=False):
            raise BlockingIOError(errno.EWOULDBLOCK, "another thread is rotating")
        try:
            self._make_provision()
            if self._directory is None:
                raise OSError(errno.EMFILE, "no descriptor of the directory")
            fcntl.flock(self._directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                yield
            finally:
                fcntl.flock(self._directory, fcntl.LOCK_UN)
        finally:
            self._make_provision()
            self._rotating.release()

    def _make_provision(self) -> None:
        """Hold what a rotation takes, if there is any to be had."""
        if self._path is None:
            return
        with suppress(OSError):
            if self._directory is None:
                self._directory = os.open(Path(self._path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            if self._reserve is None:
                self._reserve = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _put_aside(path: str, kept: int) -> None:
    for number in range(kept - 1, 0, -1):
        with suppress(FileNotFoundError):
            Path(f"{path}.{number}").replace(f"{path}.{number + 1}")
    Path(path).replace(f"{path}.1")
