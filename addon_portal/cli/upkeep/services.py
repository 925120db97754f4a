"""Api and supervisor as processes of `up`: started, and started again when they die.

One that dies is started again at once; one that dies again soon waits longer each time, so that a broken one neither
burns the machine nor is given up. Promises that they end with `up`, however that ends: they hold the read end of
a pipe whose write end nobody but `up` has.
"""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.forking import fork
from addon_portal.cli.upkeep.log_files import LOG_FILE, last_line, log_path, open_log

PARENT_FD = "ADDON_PORTAL_PARENT_FD"
"""Descriptor whose end-of-file says that `up` is gone."""
START_FD = "ADDON_PORTAL_START_FD"
"""Descriptor that gives one byte when data directory and database are ready."""
LISTEN_FD = "ADDON_PORTAL_LISTEN_FD"
"""The listening socket: it outlives an api that dies, so that callers wait instead of being refused."""

SOON_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0


def describe_end(status: int) -> str:
    """How a process ended, in words, from its raw wait status."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def pause_after(deaths_in_a_row: int) -> float:
    """Seconds to wait before starting again: none after the first death, then twice as long each time."""
    return min(LONGEST_PAUSE_SECONDS, 0.25 * 2.0 ** (deaths_in_a_row - 2)) if deaths_in_a_row > 1 else 0.0


@dataclass
class Service:
    """One process that is to be there for as long as `up` is."""

    name: str
    main: Callable[[], int]
    """What it does; returns the exit code."""
    environment: Mapping[str, str]
    inherited: dict[str, int]
    start_fd: int | None
    """Where it waits for a byte before it begins; None when it need not wait."""
    data: str
    logs: str
    loop: EventLoop
    on_change: Callable[[], None]
    """Told whenever the pid has changed."""
    say: Callable[[str], None]
    may_leave: bool = False
    """Whether it may end by itself with 0, and is then started again only by whoever wants it."""
    pid: int | None = None
    is_at_rest: bool = True
    """Nobody has started it, or it has left by itself."""
    deaths_in_a_row: int = 0
    _started: float = field(default=0.0)
    _leaving: bool = False

    def start(self) -> None:
        """Start it, and go on trying where the machine refuses."""
        if self._leaving:
            return
        self.is_at_rest = False
        try:
            self._fork()
        except OSError as error:
            why = error.strerror or error
            self.say(f"{self.name} cannot be started ({why}); trying again in {SOON_SECONDS:g} s.")
            self.loop.call_later(SOON_SECONDS, self.start)
        self.on_change()

    def has_ended(self, status: int) -> None:
        """It was reaped: start it again, at once or after a pause."""
        ended, self.pid = f"{self.name} (pid {self.pid}) {describe_end(status)}", None
        if self._leaving or (self.may_leave and status == 0):
            self.is_at_rest = True
            self.on_change()
            return
        soon = self.loop.now() - self._started < SOON_SECONDS
        self.deaths_in_a_row = self.deaths_in_a_row + 1 if soon else 1
        pause = pause_after(self.deaths_in_a_row)
        if pause == 0:
            self.say(f"{ended}; starting it again.")
            self.start()
            return
        said = last_line(log_path(self.logs, self.name))
        self.say(f"{ended}, again; starting it in {pause:g} s. Its last words: {said or 'none'}")
        self.loop.call_later(pause, self.start)
        self.on_change()

    def leave(self, number: int = signal.SIGTERM) -> None:
        """Ask it to end for good, or make it."""
        self._leaving = True
        self.kill(number)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Signal it, if it lives; when it ends it is started again, unless it was asked to leave."""
        if self.pid is not None:
            os.kill(self.pid, number)  # a child that was not reaped: the number cannot be another's

    def _fork(self) -> None:
        log = open_log(self.logs, self.name)
        inherited = dict(self.inherited)
        if self.start_fd is not None:
            inherited[START_FD] = self.start_fd
        environment = {**self.environment, LOG_FILE: log_path(self.logs, self.name)}
        try:
            name = f"{self.name} {self.data}"
            self.pid = fork(name, self.main, environment, inherited=inherited, output=log, errors=log)
        finally:
            os.close(log)
        self._started = self.loop.now()
