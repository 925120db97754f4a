"""Reading a program's output in place of its dead shim.

The program holds its FIFO open for reading and writing, so nothing broke when the shim died; it would only stand
still once the FIFO is full. Promises to append to `output.log` what is read, in order. To be started only after the
lock was seen free, since a FIFO with two readers would be torn apart.
"""

import contextlib
import os
import struct
from pathlib import Path
from selectors import EVENT_READ, BaseSelector

from addon_portal.domain.clock import Clock

_CHUNK_BYTES = 1 << 20
_INDEX_ENTRY = struct.Struct("<QQ")


class OutputTakeover:
    """One program's output, read from the supervisor's loop in bounded pieces."""

    def __init__(self, directory: Path, selector: BaseSelector, clock: Clock) -> None:
        """Raises OSError when the FIFO or the log cannot be opened."""
        self._selector = selector
        self._clock = clock
        self._fifo = os.open(directory / "output.fifo", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._log = os.open(directory / "output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._index = os.open(directory / "output.idx", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        selector.register(self._fifo, EVENT_READ, self._on_readable)
        self._registered = True

    def drain(self) -> None:
        """Read all there is now."""
        while self._read():
            pass

    def close(self) -> None:
        """Let go; what the program writes next waits in the FIFO for the next reader."""
        self._stop_listening()
        for descriptor in (self._fifo, self._log, self._index):
            os.close(descriptor)

    def _on_readable(self) -> None:
        if not self._read():
            # Without a writer the descriptor stays readable for ever; whoever ends the run drains once more.
            self._stop_listening()

    def _stop_listening(self) -> None:
        if self._registered:
            self._registered = False
            self._selector.unregister(self._fifo)

    def _read(self) -> bool:
        try:
            content = os.read(self._fifo, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not content:
            return False
        with contextlib.suppress(OSError):
            os.write(
                self._index, _INDEX_ENTRY.pack(os.fstat(self._log).st_size, int(self._clock.now().timestamp() * 1e9))
            )
        _write_all(self._log, content)
        return True


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
