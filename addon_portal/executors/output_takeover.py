"""Reading a program's output in place of its dead shim.

The program holds its FIFO open for reading and writing, so nothing broke when the shim died; it would only stand
still once the FIFO is full. Promises to append to `output.log` what is read, in order, and to lose none of it to a full
disk or to our own sudden death: the kernel moves the bytes from the FIFO to the file in one step, or not at all. To be
started only after the lock was seen free, since a FIFO with two readers would be torn apart. A log that is over its
limit loses its oldest part here as in the shim.
"""

import contextlib
import errno
import math
import os
import struct
from pathlib import Path
from selectors import EVENT_READ, BaseSelector

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock
from addon_portal.evidence.records import DamagedRecord, read_json

_CHUNK_BYTES = 1 << 20
_INDEX_ENTRY = struct.Struct("<QQ")
_INDEX_SECONDS = 0.1


class OutputTakeover:
    """One program's output, read from the supervisor's loop in bounded pieces."""

    def __init__(self, directory: Path, selector: BaseSelector, clock: Clock) -> None:
        """Raises OSError when the FIFO or the log cannot be opened."""
        self._directory = directory
        self._name = directory / "output.fifo"
        self._selector = selector
        self._clock = clock
        self._indexed_at = -_INDEX_SECONDS
        self._held = b""
        self._is_listening = False
        self._limit, self._drop_over = 0, math.inf
        if limit := _limit_of(directory):
            self._limit = self._drop_over = limit
        with contextlib.ExitStack() as opened:
            self._fifo = _open(opened, self._name, os.O_RDONLY | os.O_NONBLOCK)
            # Not O_APPEND, which splice(2) refuses; nobody else writes there any more.
            self._log = _open(opened, directory / "output.log", os.O_WRONLY | os.O_CREAT)
            self._index = _open(opened, directory / "output.idx", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self.listen()
            self._opened = opened.pop_all()

    def listen(self) -> None:
        """Read as output comes; to be called again now and then, since a full disk or a lull ends it."""
        if not self._is_listening:
            self._selector.register(self._fifo, EVENT_READ, self._on_readable)
            self._is_listening = True

    def finish(self) -> None:
        """Read all there is, when nobody is left who could write, and remove the FIFO's name to say that it was read.

        Raises OSError when the disk is full; then the rest stays where it is. May be repeated.
        """
        faultpoints.reach("supervisor.before_last_output")
        while self._move():
            pass
        faultpoints.reach("supervisor.last_output_read")
        self._name.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go; what the program writes next waits in the FIFO for the next reader."""
        self._stop_listening()
        self._opened.close()

    def _on_readable(self) -> None:
        try:
            moved = self._move()
        except OSError:
            moved = False
        if not moved:
            # Without a writer, or with a full disk, the descriptor would stay readable for ever.
            self._stop_listening()

    def _stop_listening(self) -> None:
        if self._is_listening:
            self._is_listening = False
            self._selector.unregister(self._fifo)

    def _move(self) -> bool:
        """Move one piece; False when there is none."""
        offset = os.fstat(self._log).st_size
        try:
            count = self._splice(offset)
        except BlockingIOError:
            return False
        if offset + count > self._drop_over:
            self._drop_oldest(offset + count)
        now = self._clock.monotonic()
        if count and now - self._indexed_at >= _INDEX_SECONDS:
            self._indexed_at = now
            with contextlib.suppress(OSError):
                os.write(self._index, _INDEX_ENTRY.pack(offset, int(self._clock.now().timestamp() * 1e9)))
        return count > 0

    def _splice(self, offset: int) -> int:
        if not self._held:
            try:
                return os.splice(self._fifo, self._log, _CHUNK_BYTES, offset_dst=offset, flags=os.SPLICE_F_NONBLOCK)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
            # A file system that splice(2) does not know.
            self._held = os.read(self._fifo, _CHUNK_BYTES)
        count = os.pwrite(self._log, self._held, offset) if self._held else 0
        self._held = self._held[count:]
        return count

    def _drop_oldest(self, size: int) -> None:
        from addon_portal.shim import shim  # Loads ctypes, which most supervisors never need.

        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            run = self._directory.name
            self._drop_over = shim.drop_oldest(descriptor, self._log, size, self._limit, "supervisor", run)
        finally:
            os.close(descriptor)


def _limit_of(directory: Path) -> int:
    """How many bytes of the log are kept; 0 for all of them."""
    try:
        return int((read_json(directory / "spec.json") or {}).get("log_limit_bytes") or 0)
    except (OSError, DamagedRecord, TypeError, ValueError):
        return 0


def _open(opened: contextlib.ExitStack, path: Path, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    opened.callback(os.close, descriptor)
    return descriptor
