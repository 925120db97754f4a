"""Short-lived children that do what needs the database, and tell `up` in a few lines what came of it.

Their standard error is that of `up`, so that a refusal reaches the person unchanged.
"""

import os
import signal
from collections.abc import Callable
from importlib import import_module

from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.forking import fork
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.cli.upkeep.services import pause_after

Then = Callable[[int, str], None]
Say = Callable[[str], None]


class Helper:
    """One such child. `then` gets its raw wait status and all it printed, once both are known.

    One that cannot be started (too many processes, too many open files) is tried again until it can, or is killed.
    """

    def __init__(self, loop: EventLoop, module: str, options: UpOptions, then: Then, say: Say) -> None:
        self._loop = loop
        self._module = module
        self._options = options
        self._then = then
        self._say = say
        self._answer = b""
        self._status: int | None = None
        self._pid: int | None = None
        self._reader = -1
        self._open = False
        self._failures = 0
        self._start()

    @property
    def is_busy(self) -> bool:
        """Whether it lives, is to live soon, or has something left to say."""
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
        if self._status is not None:
            return
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
        else:
            self._status = signal.SIGKILL
            self._tell_when_complete()

    def _start(self) -> None:
        if self._status is not None:  # killed before it could be started
            return
        try:
            self._fork()
        except OSError as error:
            self._failures += 1
            pause = pause_after(self._failures + 1)
            why = error.strerror or error
            self._say(f"The {self._module} helper cannot be started ({why}); trying again in {pause:g} s.")
            self._loop.call_later(pause, self._start)

    def _fork(self) -> None:
        main = import_module(f"addon_portal.cli.chores.{self._module}").main
        reader, writer = os.pipe()
        environment = dict(os.environ) | self._options.environment
        try:
            name = f"{self._module} {self._options.data}"
            self._pid = fork(name, lambda: main(self._options), environment, output=writer)
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        self._reader, self._open = reader, True
        self._loop.watch(reader, self._read)

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
