"""Each way to know processes, and children to know."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from addon_portal.domain.records import ProcessIdentity
from addon_portal.executors.processes.contract import Processes
from addon_portal.executors.processes.place import identify
from addon_portal.executors.processes.selection import Chosen, open_processes
from tests.support.identities import IDENTITIES
from tests.support.kernel import start_ticks_of, state_of
from tests.support.waiting import wait_until

COOKIE = "CONTRACT_COOKIE"


class Child:
    """A shell in a session of its own that reads what it is to do; ends with the test."""

    def __init__(self, script: str = 'read -r line; eval "$line"') -> None:
        self._popen = subprocess.Popen(
            ["sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], COOKIE: str(id(self)), "OTHER": "x"},
            start_new_session=True,
        )
        self.pid = self._popen.pid
        ticks = start_ticks_of(self.pid)
        assert ticks is not None
        self.identity: ProcessIdentity = identify(self.pid, ticks)
        self.cookie = f"{COOKIE}={id(self)}".encode()

    def tell(self, line: str) -> None:
        """What to do next; its end unless it goes on reading."""
        assert self._popen.stdin
        self._popen.stdin.write(f"{line}\n".encode())
        self._popen.stdin.flush()

    def hear(self) -> str:
        """The next line that it says."""
        assert self._popen.stdout
        return self._popen.stdout.readline().decode().strip()

    def wait_zombie(self) -> None:
        """Wait for its end, and do not reap it."""
        wait_until(lambda: state_of(self.pid) == "Z", f"process {self.pid} to end")

    def reap(self) -> int:
        """Wait for its end, and reap it; returns the code."""
        return self._popen.wait(60)

    def close(self) -> None:
        """End it and what it has started."""
        if self._popen.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.communicate()


@pytest.fixture(params=IDENTITIES)
def identity(request: pytest.FixtureRequest) -> Chosen:
    """The name of the way."""
    chosen: Chosen = request.param
    return chosen


@pytest.fixture
def processes(identity: Chosen) -> Processes:
    """The way itself."""
    return open_processes(identity)


@pytest.fixture
def child() -> Iterator[Child]:
    """One that lives."""
    child = Child()
    yield child
    child.close()
