"""That the api not only lives but answers: one that does not for long is ended, so that another one is started.

Any answer will do, also that the database is away: no other api could answer better. Leaves starting to `services`.
"""

import socket
from collections.abc import Callable
from contextlib import suppress

from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.services import Service

ASK_EVERY_SECONDS = 10.0
TRIES = 3
_MOST_TRIES = 24
_CONNECT_SECONDS = 1.0
"""To a listener of this machine it takes no time, unless so many callers wait that its queue is full."""
QUESTION = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"


class ApiWatch:
    """Asks `/readyz` again and again; each question has until the next one to be answered.

    An api that was started because the one before did not answer is given twice as long, in case the machine is
    too slow for it.
    """

    def __init__(
        self,
        loop: EventLoop,
        api: Service,
        address: tuple[str, int],
        say: Callable[[str], None],
        every_seconds: float = ASK_EVERY_SECONDS,
    ) -> None:
        self._loop = loop
        self._api = api
        self._address = address
        self._say = say
        self._every_seconds = every_seconds
        self._connection: socket.socket | None = None
        self._asked_pid: int | None = None
        self._missed = 0
        self._allowed = TRIES
        self._cancelled = False

    def begin(self) -> None:
        """Ask for the first time, and then for as long as nobody cancels it."""
        if self._cancelled:
            return
        self._ask()
        self._loop.call_later(self._every_seconds, self._time_is_over)

    def cancel(self) -> None:
        """Ask no more."""
        self._cancelled = True
        self._hang_up()

    def _ask(self) -> None:
        if self._api.pid != self._asked_pid:
            self._asked_pid, self._missed = self._api.pid, 0
        if self._api.pid is None:
            return
        # What goes wrong here (too many open files, a full queue) is no answer either.
        with suppress(OSError):
            connection = socket.create_connection(self._address, timeout=_CONNECT_SECONDS)
            self._connection = connection
            connection.setblocking(False)
            self._loop.watch(connection.fileno(), self._read)
            connection.send(QUESTION)

    def _read(self) -> None:
        assert self._connection is not None
        answer = b""
        with suppress(OSError):
            answer = self._connection.recv(4096)
        self._hang_up()
        if answer:
            self._missed, self._allowed = -1, TRIES

    def _time_is_over(self) -> None:
        self._hang_up()
        self._missed += 1
        asked = self._api.pid is not None and self._api.pid == self._asked_pid
        if asked and self._missed >= self._allowed:
            seconds = self._missed * self._every_seconds
            self._say(f"api (pid {self._api.pid}) has not answered for {seconds:g} s; ending it, to start another one.")
            self._allowed = min(2 * self._allowed, _MOST_TRIES)
            self._api.kill()
        self.begin()

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(KeyError):
                self._loop.forget(self._connection.fileno())
            self._connection.close()
            self._connection = None
