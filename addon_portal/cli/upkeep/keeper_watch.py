"""That there always is a keeper: finds the living one, starts one where there is none, and another when it dies.

It is not a child in the usual sense: it makes a session of its own and stays when `up` goes.
"""

import os
from collections.abc import Callable
from contextlib import suppress

from addon_portal.cli.upkeep import keepers, services
from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.keepers import Keeper
from addon_portal.cli.upkeep.log_files import LOG_FILE, last_line, log_path, open_log
from addon_portal.cli.upkeep.options import UpOptions

LOOK_SECONDS = 1.0
"""Between two looks at whether the keeper was asked to leave: no descriptor tells, and a look costs microseconds."""


class KeeperWatch:
    """The keeper of one data directory, as seen by `up`."""

    def __init__(
        self, options: UpOptions, loop: EventLoop, on_change: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        self._options = options
        self._loop = loop
        self._on_change = on_change
        self._say = say
        self._since = 0.0
        self._leaving = False
        self.keeper: Keeper | None = None
        self.deaths_in_a_row = 0

    def find_or_start(self) -> None:
        """Make sure that one lives; `on_change` is told when that is so. What the machine refuses is tried again."""
        if self._leaving:
            return
        try:
            if self._adopt_living():
                return
            self._since = self._loop.now()
            reader = self._spawn()
        except OSError as error:
            self._since = self._loop.now()
            self._start_another(f"The keeper cannot be started ({error.strerror or error});")
            return
        self._loop.watch(reader, lambda: self._has_spoken(reader))

    def _spawn(self) -> int:
        """Start one; returns where it will speak."""
        log = open_log(self._options.logs, "keeper")
        try:
            reader, writer = os.pipe()
            try:
                told = {LOG_FILE: log_path(self._options.logs, "keeper")}
                keepers.spawn(self._options.data, told, output=writer, errors=log)
            except OSError:
                os.close(reader)
                raise
            finally:
                os.close(writer)
        finally:
            os.close(log)
        return reader

    def leave_it(self) -> None:
        """Start no other one from now on."""
        self._leaving = True

    def ask_to_leave(self) -> None:
        """End it too: every run is final."""
        if self.keeper is not None:
            self.keeper.ask_to_leave()

    def _adopt_living(self) -> bool:
        """Watch over the newest keeper that starts what it is asked to start."""
        living = keepers.find_living(self._options.keepers)
        willing = next((keeper for keeper in living if not keeper.is_leaving), None)
        for other in living:
            if other is not willing:
                other.close()
        if willing is not None:
            self.keeper, self._since = willing, self._loop.now()
            self._loop.watch(willing.pidfd, self._has_ended)
            self._loop.call_later(LOOK_SECONDS, lambda: self._look_whether_it_leaves(willing))
            self._on_change()
        return willing is not None

    def _look_whether_it_leaves(self, keeper: Keeper) -> None:
        """Somebody else may ask a keeper to leave; with runs to look after it lives on, and starts nothing."""
        if self.keeper is not keeper or self._leaving:
            return
        if not keeper.is_leaving:
            self._loop.call_later(LOOK_SECONDS, lambda: self._look_whether_it_leaves(keeper))
            return
        self._say(f"keeper (pid {keeper.pid}) was asked to leave and goes with its last run; starting another one.")
        self._let_go(keeper)
        self.find_or_start()
        self._on_change()

    def _let_go(self, keeper: Keeper) -> None:
        self.keeper = None
        self._loop.forget(keeper.pidfd)
        keeper.close()

    def _has_spoken(self, reader: int) -> None:
        """`ready`, or end-of-file from one that could not start."""
        spoken = os.read(reader, 4096)
        self._loop.forget(reader)
        os.close(reader)
        with suppress(OSError):
            if spoken and self._adopt_living():
                return
        said = last_line(log_path(self._options.logs, "keeper"))
        self._start_another(f"The keeper could not start: {said or 'it said nothing'};")

    def _has_ended(self) -> None:
        assert self.keeper is not None
        gone = self.keeper
        self._let_go(gone)
        if not self._leaving:
            self._start_another(f"keeper (pid {gone.pid}) is gone, runs and their shims are not;")
        self._on_change()

    def _start_another(self, sentence: str) -> None:
        soon = self._loop.now() - self._since < services.SOON_SECONDS
        self.deaths_in_a_row = self.deaths_in_a_row + 1 if soon else 1
        pause = services.pause_after(self.deaths_in_a_row)
        self._say(f"{sentence} starting another one" + (f" in {pause:g} s." if pause else "."))
        self._loop.call_later(pause, self.find_or_start)
        self._on_change()
