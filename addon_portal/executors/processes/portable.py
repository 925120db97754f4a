"""Processes through psutil alone, for systems without pidfds: experimental, and weaker than `pidfds`.

A process is its number and the time it was created at, to a hundredth of a second. What cannot be had this way: a
death is no event, nobody tells how a process ended that was not our child, and between the last comparison and a
signal the number may change hands, which a pidfd excludes. Promises to be no worse than that: a stepped wall clock
changes no identity, and a signal is sent only after a comparison.
"""

import contextlib
import os
from collections.abc import Iterator

import psutil

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.records import ProcessIdentity
from addon_portal.domain.verdict import Liveness
from addon_portal.executors.processes import place

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_OUR_NAMES = frozenset({"portal-shim", "portal-spare", "portal-stub"})
"""What a shim and the process that it has forked are called, until that executes something: `shim.call_ourselves`."""
_OVER = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


class HeldPortable:
    """A psutil.Process, which compares number and creation time again before it signals."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process

    def fileno(self) -> None:
        """Deaths are no events here."""

    def has_ended(self) -> bool:
        """Gone, given away, or a zombie."""
        return _liveness(self._process) is not Liveness.ALIVE

    def send_signal(self, number: int) -> bool:
        """Right after a comparison: what happens to the number in between is the race that pidfds close."""
        if self.has_ended():
            return False
        try:
            self._process.send_signal(number)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied as error:
            raise PermissionError(str(error)) from error
        return True

    def send_signal_to_group(self, number: int) -> bool:
        """By killpg(3) where the process leads a group, which nobody else can lead as long as it lives."""
        pid = self._process.pid
        with contextlib.suppress(AttributeError, ProcessLookupError):
            if os.getpgid(pid) == pid and not self.has_ended():
                os.killpg(pid, number)
                return True
        return self.send_signal(number)

    def exit(self) -> None:
        """Never told: psutil knows the exit of our own children only."""

    def close(self) -> None:
        """There is nothing to let go of."""


class PortableProcesses:
    """See the module; keeps `contract.Processes`."""

    def liveness(self, identity: ProcessIdentity) -> Liveness:
        """By number, creation time and status."""
        process = _find(identity)
        return Liveness.DEAD if process is None else _liveness(process)

    def has_executed(self, identity: ProcessIdentity) -> bool:
        """By its name: executing a program changes it, also that of a later zombie."""
        process = _find(identity)
        try:
            return process is None or process.name() not in _OUR_NAMES or not process.is_running()
        except psutil.Error:
            return True

    def hold(self, identity: ProcessIdentity) -> HeldPortable | None:
        """Remembers number and creation time."""
        process = _find(identity)
        return None if process is None else HeldPortable(process)

    def zombie_exit(self, _identity: ProcessIdentity) -> ProcessExit | None:
        """Never told."""
        return None

    def find_members(self, cookie: bytes, session: int | None) -> Iterator[ProcessIdentity]:
        """By psutil's view of every process."""
        name, _, value = os.fsdecode(cookie).partition("=")
        for pid in psutil.pids():  # process_iter remembers, and would pass over a number that was given away
            with contextlib.suppress(psutil.NoSuchProcess, PermissionError):
                process = psutil.Process(pid)
                if pid == os.getpid() or not (_is_in_session(pid, session) or _carries(process, name, value)):
                    continue
                ticks, still = _start_ticks(pid)
                if still == process and _liveness(still) is Liveness.ALIVE:
                    yield place.identify(pid, ticks)


def _find(identity: ProcessIdentity) -> psutil.Process | None:
    """The very process; it stays the very process, since psutil remembers a creation time that no clock step moves."""
    try:
        ticks, process = _start_ticks(identity.pid)
    except psutil.NoSuchProcess:
        return None
    return process if ticks == identity.start_ticks else None


def _start_ticks(pid: int) -> tuple[int, psutil.Process]:
    """When a process was created, in clock ticks since boot, as our records have it.

    Raises NoSuchProcess, and PermissionError where it is hidden from us, which is no evidence of anything.

    psutil gives the wall time, which is that since boot plus the time of the boot, and reads the latter anew each time,
    since a stepped clock moves it (psutil issue 2541, mended in 7.1). Hence what we subtract must not have moved.
    """
    while True:
        booted_at = psutil.boot_time()
        process = psutil.Process(pid)
        try:
            created_at = process.create_time()
        except psutil.AccessDenied as error:
            raise PermissionError(str(error)) from error
        if psutil.boot_time() == booted_at:
            return round((created_at - booted_at) * _TICKS_PER_SECOND), process


def _liveness(process: psutil.Process) -> Liveness:
    """The status counts only if the number had not changed hands when it was read."""
    try:
        status = process.status()
    except psutil.ZombieProcess:
        status = psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return Liveness.DEAD
    except psutil.AccessDenied:
        status = psutil.STATUS_RUNNING
    if not process.is_running():
        return Liveness.DEAD
    return Liveness.ZOMBIE if status in _OVER else Liveness.ALIVE


def _is_in_session(pid: int, session: int | None) -> bool:
    with contextlib.suppress(AttributeError, OSError):
        return session is not None and os.getsid(pid) == session
    return False


def _carries(process: psutil.Process, name: str, value: str) -> bool:
    with contextlib.suppress(psutil.AccessDenied, psutil.ZombieProcess, OSError):
        return process.environ().get(name) == value
    return False
