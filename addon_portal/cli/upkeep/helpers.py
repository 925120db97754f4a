"""Short-lived children that do what needs the database, and tell `up` in a few lines what came of it.

Their standard error is that of `up`, so that a refusal reaches the person unchanged.
"""

import os
import signal
import sys
from collections.abc import Callable

from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.cli.upkeep.services import spawn

Then = Callable[[int, str], None]


class Helper:
    """One such child. `then` gets its raw wait status and all it printed, once both are known."""

    def __init__(self, loop: EventLoop, module: str, options: UpOptions, then: Then) -> None:
        self._loop = loop
        self._then = then
        self._answer = b""
        self._status: int | None = None
        self._reader, writer = os.pipe()
        argv = [sys.executable, "-P", "-m", f"addon_portal.cli.chores.{module}", options.data]
        try:
            self._pid = spawn(argv, dict(os.environ) | options.environment | options.to_environment(), output=writer)
        finally:
            os.close(writer)
        self._open = True
        loop.watch(self._reader, self._read)

    @property
    def is_busy(self) -> bool:
        """Whether it lives or has something left to say."""
        return self._status is None or self._open

    def is_mine(self, pid: int, status: int) -> bool:
        """Told of every reaped child; takes note of its own end."""
        if pid != self._pid or self._status is not None:
            return False
        self._status = status
        self._tell_when_complete()
        return True

    def kill(self) -> None:
        """End it now; `then` is told as of any other end."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)

    def _read(self) -> None:
        piece = os.read(self._reader, 65536)
        self._answer += piece
        if not piece:
            self._loop.forget(self._reader)
            os.close(self._reader)
            self._open = False
            self._tell_when_complete()

    def _tell_when_complete(self) -> None:
        if self._status is not None and not self._open:
            self._then(self._status, self._answer.decode())
