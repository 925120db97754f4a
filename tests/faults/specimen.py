"""The program that the fault tests run, seen from outside: what it did, whether it lives, what it left behind.

It notes each execution in a file, leaves a daemon of its own behind, says that it has begun, and ends with the code it
is told. Everything is read from files and the kernel, never from the portal, so that the portal can be held against it.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from addon_portal.domain.ids import RunId
from tests.support.kernel import Pinned, children_of, processes_with, start_ticks_of, state_of
from tests.support.portal import Portal
from tests.support.waiting import PATIENCE_SECONDS, wait_until

CODE = 7
"""What a specimen ends with when nothing else is said."""

# The daemon is forked twice and in a session of its own: no parent and no process group leads to it.
_SCRIPT = """
echo "$ADDON_PORTAL_RUN_ID" >>executions
( setsid sh -c 'echo $$ >leftover.new; mv leftover.new leftover; exec sleep 1000' & )
echo begun
while ! [ -e leftover ]; do sleep 0.01; done
: >begun
read code <told
echo ending >&2
exit "$code"
"""


class Specimen:
    """A project with this program and its one run. A context manager that tells a forgotten one to end."""

    def __init__(self, portal: Portal, name: str) -> None:
        self.portal = portal
        self.directory = portal.root / "specimens" / name
        self.directory.mkdir(parents=True)
        os.mkfifo(self.directory / "told")
        # Held for reading too: what is told waits until the program asks for it.
        self._told = os.open(self.directory / "told", os.O_RDWR | os.O_CLOEXEC)
        self.project_id = portal.new_project(["sh", "-c", _SCRIPT], working_directory=str(self.directory))
        self.run_id = RunId("")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tell()
        os.close(self._told)

    def start(self) -> None:
        """Ask for the run."""
        self.run_id = self.portal.run(self.project_id)

    def wait_begun_as(self, run_id: str) -> None:
        """Wait until the program waits to be told, in another run of its project: a restart."""
        self.run_id = RunId(run_id)
        self.wait_begun()

    def wait_begun(self) -> None:
        """Wait until the program waits to be told, and its first line has reached the log."""
        log = self.run_directory / "output.log"
        wait_until((self.directory / "begun").exists, "the program to begin", PATIENCE_SECONDS)
        wait_until(lambda: log.exists() and b"begun\n" in log.read_bytes(), "its first line", PATIENCE_SECONDS)

    def tell(self, code: int = CODE) -> None:
        """Let the program end with this code, now or as soon as it asks."""
        os.write(self._told, f"{code}\n".encode())

    # What is true of it.

    @property
    def run_directory(self) -> Path:
        """Where its evidence lies."""
        return self.portal.data.run_directory(self.run_id)

    def record(self, name: str) -> dict[str, Any] | None:
        """A record of the run directory."""
        try:
            found: dict[str, Any] = json.loads((self.run_directory / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None
        return found

    @property
    def executions(self) -> list[str]:
        """The run ids under which its code ran, one each time."""
        try:
            return (self.directory / "executions").read_text().split()
        except FileNotFoundError:
            return []

    def pin_program(self, shim: int | None = None) -> Pinned | None:
        """The program while it is a process, also as a zombie; its shim's child while it has no record yet."""
        child = self.record("child")
        if child is None:
            return Pinned(children_of(shim)[0]) if shim else None
        return _pin(child["pid"], child["start_ticks"])

    def pin_shim(self) -> Pinned | None:
        """The shim, by the record it wrote."""
        child = self.record("child")
        return _pin(child["shim"]["pid"], child["shim"]["start_ticks"]) if child else None

    @property
    def is_alive(self) -> bool:
        """Whether the program or its daemon lives."""
        child = self.record("child")
        if child is not None and start_ticks_of(child["pid"]) == child["start_ticks"]:
            return state_of(child["pid"]) not in {None, "Z", "X"} or self._leftover_is_alive
        return self._leftover_is_alive

    @property
    def _leftover_is_alive(self) -> bool:
        try:
            pid = int((self.directory / "leftover").read_text())
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except (OSError, ValueError):
            return False
        return f"ADDON_PORTAL_RUN_ID={self.run_id}".encode() in environment and state_of(pid) not in {None, "Z", "X"}

    def wait_until_gone(self) -> None:
        """Wait until no process carries the run's cookie."""
        cookie = f"ADDON_PORTAL_RUN_ID={self.run_id}"
        wait_until(lambda: not list(processes_with(cookie)), "all it started to be gone", PATIENCE_SECONDS)


def _pin(pid: int, start_ticks: int) -> Pinned | None:
    try:
        process = Pinned(pid)
    except ProcessLookupError:
        return None
    if start_ticks_of(pid) != start_ticks:
        process.close()
        return None
    return process
