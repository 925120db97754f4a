"""Wake-ups on one machine: datagrams to sockets in a directory beside the database.

A full queue is a wake-up that is already on its way. Every api process has a socket of its own name, removed by whoever
finds it dead; a supervisor's is replaced by its successor. Socket addresses hold 108 bytes (unix(7)), so that longer
paths go through the directory's descriptor.
"""

import contextlib
import errno
import os
import secrets
import socket
import threading
from pathlib import Path

from addon_portal.domain.clock import Clock
from addon_portal.storage import errors, wakeups
from addon_portal.storage.wakeups import Listener

_LONGEST_ADDRESS = 107
_SETTLED_AFTER_NANOSECONDS = 1e9


class LocalWakeups:
    """Wake-ups between processes that share a data directory."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory.absolute()
        self._clock = clock
        self._known: tuple[int, list[str]] = -1, []
        """The sockets of api processes, and since when the directory has not changed."""
        self._descriptor: int | None = None
        self._sender: socket.socket | None = None
        self._opening = threading.Lock()

    def notify(self, channel: str) -> None:
        sender = self._sender or self._open_sender()
        names = self._names() if channel == wakeups.API else [f"{channel}.sock"]
        for name in names:
            try:
                sender.sendto(b"!", self._address(name))
            except OSError as error:
                # ENOENT: nobody listens. EAGAIN: its queue is full of wake-ups. The rest must not fail what has been
                # committed either; the listener's slow poll makes up for it.
                if error.errno == errno.ECONNREFUSED and channel == wakeups.API:
                    self._directory.joinpath(name).unlink(missing_ok=True)

    def _open_sender(self) -> socket.socket:
        with self._opening:
            if self._sender is None:
                self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            return self._sender

    def _names(self) -> list[str]:
        """The sockets of api processes; looked up again after every change, which costs as much as sending does."""
        try:
            changed_at = os.stat(self._directory).st_mtime_ns  # noqa: PTH116 - half the time of Path.stat
            if changed_at == self._known[0]:
                return self._known[1]
            with os.scandir(self._directory) as entries:
                names = [each.name for each in entries if each.name.startswith("api-") and each.name.endswith(".sock")]
        except OSError:
            return []
        # Two changes within a tick of the kernel's clock (10 ms at most) have the same time: wait until that is over.
        if self._clock.now().timestamp() * 1e9 - changed_at > _SETTLED_AFTER_NANOSECONDS:
            self._known = changed_at, names
        return names

    def _address(self, name: str) -> str:
        path = f"{self._directory}/{name}"
        if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
            return path
        with self._opening:
            if self._descriptor is None:
                self._descriptor = os.open(self._directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._descriptor}/{name}"

    def listen(self, channel: str) -> Listener:
        unique = f"{os.getpid()}-{secrets.token_hex(4)}"
        name = f"api-{unique}.sock" if channel == wakeups.API else f"{channel}.sock"
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            if channel == wakeups.API:
                ear.bind(self._address(name))
            else:
                # Bound under another name and moved into place: nobody ever finds the place empty.
                ear.bind(self._address(f"new-{unique}.sock"))
                (self._directory / f"new-{unique}.sock").replace(self._directory / name)
        except OSError as error:
            ear.close()
            raise errors.StorageUnavailable(
                f"Cannot listen for wake-ups in {self._directory}: {error.strerror}. "
                "Make the directory writable for the user of this process."
            ) from error
        ear.setblocking(False)
        return _LocalListener(ear, self._directory / name)

    def close(self) -> None:
        if self._sender is not None:
            self._sender.close()
            self._sender = None
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _LocalListener:
    def __init__(self, ear: socket.socket, path: Path) -> None:
        self._ear = ear
        self._path = path
        self._inode = path.lstat().st_ino

    def fileno(self) -> int:
        return self._ear.fileno()

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._ear.recv(1)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # A successor may have taken the place; its socket stays.
            if self._path.lstat().st_ino == self._inode:
                self._path.unlink()
        self._ear.close()
