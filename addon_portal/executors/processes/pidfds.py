"""Processes through pidfds and /proc, for Linux: no race between looking and signalling, and a word from the kernel.

Identity is number and start ticks, never the number alone and never the wall clock. Signals go through a pidfd whose
process was compared with the identity after the descriptor was opened, so that a number that was given away meanwhile
cannot be hit (pidfd_open(2)).
"""

import contextlib
import fcntl
import os
import select
import signal
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.records import ProcessIdentity
from addon_portal.domain.verdict import Liveness
from addon_portal.executors.processes import place

_PIDFD_GET_INFO = 0xC040FF0B
"""_IOWR(0xFF, 11, struct pidfd_info) of include/uapi/linux/pidfd.h, with the structure's first 64 bytes."""
_PIDFD_INFO_EXIT = 1 << 3
_INFO = struct.Struct("=Q52xi")
_PIDFD_SIGNAL_PROCESS_GROUP = 1 << 2
_PF_FORKNOEXEC = 0x40
"""include/linux/sched.h: forked, and has not executed anything yet."""


@dataclass(frozen=True, slots=True)
class Stat:
    """The fields of proc_pid_stat(5) that we use."""

    state: str
    parent: int
    session: int
    start_ticks: int
    has_executed: bool
    wait_status: int | None
    """Raw wait status of a zombie; None where the kernel hides it from us or the process lives."""


def read_stat(pid: int) -> Stat | None:
    """The process with this number now, or None. The name may hold anything, so fields count from the last `)`."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            text = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rindex(b")") + 2 :].split()
    state = fields[0].decode()
    # exit_code (field 52) reads 0 for those who may not trace the process, so only root believes it.
    status = int(fields[49]) if state == "Z" and os.geteuid() == 0 else None
    has_executed = not int(fields[6]) & _PF_FORKNOEXEC
    return Stat(state, int(fields[1]), int(fields[3]), int(fields[19]), has_executed, status)


class HeldPidfd:
    """A pidfd, which means this very process for ever."""

    def __init__(self, pidfd: int) -> None:
        self._pidfd = pidfd

    def fileno(self) -> int:
        """The pidfd itself; once its process is dead it stays readable for ever."""
        return self._pidfd

    def has_ended(self) -> bool:
        """Whether the pidfd is readable."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(0))

    def send_signal(self, number: int) -> bool:
        """By pidfd_send_signal(2)."""
        if self.has_ended():
            return False
        try:
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            return False
        return True

    def send_signal_to_group(self, number: int) -> bool:
        """Through the pidfd too, where the kernel can (Linux 6.9)."""
        if self.has_ended():
            return False
        try:
            signal.pidfd_send_signal(self._pidfd, number, None, _PIDFD_SIGNAL_PROCESS_GROUP)
        except OSError:
            # EINVAL from an older kernel, ESRCH where it leads no group.
            return self.send_signal(number)
        return True

    def exit(self) -> ProcessExit | None:
        """What the kernel still tells."""
        return kernel_exit(self._pidfd)

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._pidfd)


class PidfdProcesses:
    """See the module; keeps `contract.Processes`."""

    def liveness(self, identity: ProcessIdentity) -> Liveness:
        """By number, start ticks and state."""
        stat = read_stat(identity.pid)
        if stat is None or stat.start_ticks != identity.start_ticks:
            return Liveness.DEAD
        return Liveness.ZOMBIE if stat.state in "ZX" else Liveness.ALIVE

    def has_executed(self, identity: ProcessIdentity) -> bool:
        """By the flag that the kernel keeps about it."""
        stat = read_stat(identity.pid)
        return stat is None or stat.start_ticks != identity.start_ticks or stat.has_executed

    def hold(self, identity: ProcessIdentity) -> HeldPidfd | None:
        """Open a pidfd, then compare: from then on the number cannot change hands unseen."""
        try:
            descriptor = os.pidfd_open(identity.pid)
        except ProcessLookupError:
            return None
        stat = read_stat(identity.pid)
        same = stat is not None and stat.start_ticks == identity.start_ticks
        if same and identity.pidfs_inode is not None:
            same = os.fstat(descriptor).st_ino == identity.pidfs_inode
        if not same:
            os.close(descriptor)
            return None
        return HeldPidfd(descriptor)

    def zombie_exit(self, identity: ProcessIdentity) -> ProcessExit | None:
        """By its stat, which shows the wait status to root alone."""
        stat = read_stat(identity.pid)
        if stat is None or stat.start_ticks != identity.start_ticks or stat.wait_status is None:
            return None
        return ProcessExit(stat.wait_status)

    def find_members(self, cookie: bytes, session: int | None) -> Iterator[ProcessIdentity]:
        """A full scan of /proc."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            pid = int(entry.name)
            stat = read_stat(pid)
            if stat is None or stat.state in "ZX" or pid == os.getpid():
                continue
            if (session is not None and stat.session == session) or _carries(pid, cookie):
                yield place.identify(pid, stat.start_ticks)


def kernel_exit(pidfd: int) -> ProcessExit | None:
    """What the kernel still tells of a process that ended while we held this descriptor (Linux 6.15 and newer).

    Answers also when somebody else reaped it; None while it lives and on older kernels.
    """
    buffer = bytearray(64)
    _INFO.pack_into(buffer, 0, _PIDFD_INFO_EXIT, 0)
    try:
        fcntl.ioctl(pidfd, _PIDFD_GET_INFO, buffer)
    except OSError:
        return None
    mask, status = _INFO.unpack_from(buffer)
    return ProcessExit(status) if mask & _PIDFD_INFO_EXIT else None


def _carries(pid: int, cookie: bytes) -> bool:
    with contextlib.suppress(OSError):
        return cookie in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False
