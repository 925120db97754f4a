"""Parts of a portal that live and do not answer: the doctor says so, and an api is started again."""

import os
import signal
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.upkeep.api_watch import TRIES, ApiWatch
from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.services import LISTEN_FD, Service
from tests.integration.cli.installed import Portal


def answer_always(answer: bytes) -> int:
    """An api that gives one and the same answer, or none for ever."""
    listener = socket.socket(fileno=int(os.environ[LISTEN_FD]))
    while True:
        connection, _ = listener.accept()
        connection.recv(4096)
        if not answer:
            signal.pause()
        connection.sendall(answer)
        connection.close()


@pytest.mark.slow
@pytest.mark.faults
def test_the_doctor_asks_api_and_keeper(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    found = {finding["code"]: finding for finding in own_portal.ask("doctor")["findings"]}
    assert (found["api"]["verdict"], found["keeper"]["verdict"]) == ("ok", "ok")
    for part in ("api", "keeper"):
        pid = own_portal.pid_of(part)
        os.kill(pid, signal.SIGSTOP)
        try:
            examined = own_portal.ask("doctor")
        finally:
            os.kill(pid, signal.SIGCONT)
        problems = [finding for finding in examined["findings"] if finding["verdict"] == "problem"]
        assert [finding["code"] for finding in problems] == [part]
        assert f"pid {pid}" in problems[0]["found"]
        assert "does not answer within 3 s" in problems[0]["found"]
    assert own_portal.process is not None
    own_portal.process.kill()
    own_portal.process.wait(60)
    left = {finding["code"]: finding for finding in own_portal.ask("doctor")["findings"]}
    assert left["api"]["verdict"] == "note"
    assert "is left of one" in left["api"]["found"]


@pytest.mark.slow
def test_the_doctor_says_why_an_api_is_not_ready(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    database = own_portal.data / "portal.db"
    database.rename(own_portal.data / "aside")
    database.mkdir()
    done = own_portal.call("doctor")
    database.rmdir()
    (own_portal.data / "aside").rename(database)
    assert done.returncode == ExitCode.TROUBLE_FOUND
    assert "PROBLEM api" in done.stdout


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    """An event loop; the process gets its signal handlers back afterwards."""
    before = signal.set_wakeup_fd(-1)
    handler = signal.getsignal(signal.SIGCHLD)
    yield EventLoop()
    signal.set_wakeup_fd(before)
    signal.signal(signal.SIGCHLD, handler)


class Watched:
    """A stub of an api that is watched, its pids and what was said; ends the loop after so many questions or starts."""

    def __init__(self, loop: EventLoop, logs: Path, answer: str) -> None:
        self.loop = loop
        self.said: list[str] = []
        self.pids: list[int] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.service = Service(
            name="api",
            main=partial(answer_always, answer.encode()),
            environment={},
            inherited={LISTEN_FD: self.listener.fileno()},
            start_fd=None,
            data="",
            logs=str(logs),
            loop=loop,
            on_change=self._changed,
            say=self.said.append,
        )
        self.watch = ApiWatch(loop, self.service, self.listener.getsockname(), self.said.append, every_seconds=0.5)
        loop.on_signal(signal.SIGCHLD, lambda _: self._reap())

    def run(self, seconds: float) -> None:
        """Until another api was started, or for so long."""
        self.loop.call_later(seconds, lambda: self.loop.finish(0))
        self.service.start()
        self.watch.begin()
        try:
            self.loop.run()
        finally:
            self.watch.cancel()
            self.service.leave(signal.SIGKILL)
            os.waitpid(self.pids[-1], 0)
            self.listener.close()

    def _changed(self) -> None:
        if self.service.pid is not None and self.service.pid not in self.pids:
            self.pids.append(self.service.pid)
            if len(self.pids) > 1:
                self.loop.finish(0)

    def _reap(self) -> None:
        pid, status = os.waitpid(self.pids[-1], os.WNOHANG)
        if pid:
            self.service.has_ended(status)


@pytest.mark.slow
def test_an_api_that_lives_and_does_not_answer_is_started_again(loop: EventLoop, tmp_path: Path) -> None:
    watched = Watched(loop, tmp_path, "")
    watched.run(60)
    first, second = watched.pids
    assert first != second
    assert watched.said == [
        f"api (pid {first}) has not answered for {TRIES * 0.5:g} s; ending it, to start another one.",
        f"api (pid {first}) was ended by SIGKILL; starting it again.",
    ]


@pytest.mark.slow
def test_an_api_that_says_that_its_database_is_away_is_left_alone(loop: EventLoop, tmp_path: Path) -> None:
    watched = Watched(loop, tmp_path, "HTTP/1.1 503 Service Unavailable\r\n\r\n")
    watched.run(0.5 * (TRIES + 2))
    assert (watched.said, len(watched.pids)) == ([], 1)
