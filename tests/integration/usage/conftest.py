"""Programs to be measured."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from addon_portal.domain.records import ProcessIdentity
from addon_portal.executors.processes.place import identify
from tests.support.kernel import start_ticks_of, state_of
from tests.support.waiting import wait_until


def identity_of(pid: int) -> ProcessIdentity:
    """Who a process is that lives."""
    ticks = start_ticks_of(pid)
    assert ticks is not None
    return identify(pid, ticks)


class Program:
    """Python code in a process of its own; talks over its standard input and output."""

    def __init__(self, code: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
        )
        self.pid = self.process.pid
        self.identity = identity_of(self.pid)

    def tell(self, line: str) -> None:
        """Give it a line."""
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self, line: str) -> None:
        """Wait for a line of its."""
        assert self.process.stdout
        assert self.process.stdout.readline() == line + "\n"

    def wait_zombie(self) -> None:
        """Wait for its end, and do not reap it."""
        wait_until(lambda: state_of(self.pid) == "Z", "the program to end")

    def close(self) -> None:
        """End it and what it has started."""
        if self.process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def start() -> Iterator[Callable[[str], Program]]:
    """Starts programs that end with the test."""
    started: list[Program] = []

    def start_one(code: str) -> Program:
        started.append(Program(code))
        return started[-1]

    yield start_one
    for program in started:
        program.close()
