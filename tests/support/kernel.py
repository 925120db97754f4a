"""Processes as the kernel tells them, and one that is meant by a descriptor, so that no signal reaches another."""

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.support.waiting import PATIENCE_SECONDS, wait_until


class Pinned:
    """One process, meant by a pidfd, so that no signal ever reaches another one with its number."""

    def __init__(self, pid: int) -> None:
        """Raises ProcessLookupError when it is gone and reaped."""
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)

    def send(self, number: int) -> None:
        """Signal it; nothing happens if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    @property
    def has_ended(self) -> bool:
        """Whether it is dead, reaped or not."""
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        return bool(poller.poll(0))

    def wait(self) -> None:
        """Wait for its end."""
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        assert poller.poll(PATIENCE_SECONDS * 1000), f"process {self.pid} did not end: {command_of(self.pid)}"

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self.send(signal.SIGKILL)
        self.wait()

    def freeze(self) -> None:
        """SIGSTOP, and wait until it stands still."""
        self.send(signal.SIGSTOP)
        wait_until(
            lambda: self.has_ended or state_of(self.pid) == "T", f"process {self.pid} to stand still", PATIENCE_SECONDS
        )

    def thaw(self) -> None:
        """SIGCONT."""
        self.send(signal.SIGCONT)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._pidfd)


def state_of(pid: int) -> str | None:
    """The state letter of proc_pid_stat(5); None when there is no such process."""
    fields = _stat(pid)
    return fields[0] if fields else None


def parent_of(pid: int) -> int | None:
    """The pid of the parent."""
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def start_ticks_of(pid: int) -> int | None:
    """When it began, in clock ticks after boot."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def name_of(pid: int) -> str | None:
    """What a process calls itself, proc_pid_comm(5); None when there is none."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None


def children_of(pid: int) -> list[int]:
    """The direct children of a process, zombies too, of all its threads."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def command_of(pid: int) -> str:
    """Its command line, for messages."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def processes_with(cookie: str) -> Iterator[int]:
    """Every living process that was started with this variable in its environment."""
    wanted = cookie.encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in variables and state_of(int(entry.name)) not in {None, "Z", "X"}:
                yield int(entry.name)
