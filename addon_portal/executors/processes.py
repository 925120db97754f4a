"""Processes of this host: who one is, whether it still lives, and how to signal or outlive it without a race.

Identity is boot, PID namespace and start ticks, never the number alone and never the wall clock. Signals go through a
pidfd whose process was compared with the identity after the descriptor was opened, so that a number that was given
away meanwhile cannot be hit (pidfd_open(2)).
"""

import contextlib
import fcntl
import functools
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


@functools.cache
def boot_id() -> str:
    """The kernel's random identifier of this boot, random(4)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


@functools.cache
def pid_namespace() -> int:
    """The inode of our PID namespace, namespaces(7)."""
    return Path("/proc/self/ns/pid").stat().st_ino


@functools.cache
def init_start_ticks() -> int | None:
    """Start of PID 1 of our namespace: differs when a container was started again on the same boot."""
    stat = read_stat(1)
    return stat.start_ticks if stat else None


def is_of_this_boot(identity: ProcessIdentity) -> bool:
    """Whether the process was started since the machine booted."""
    return identity.boot_id == boot_id()


def is_of_this_namespace(identity: ProcessIdentity) -> bool:
    """Whether its number means the same process to us: same boot, same PID namespace, same PID 1."""
    return (
        is_of_this_boot(identity)
        and identity.pid_namespace == pid_namespace()
        and (identity.init_start_ticks is None or identity.init_start_ticks == init_start_ticks())
    )


def liveness(identity: ProcessIdentity) -> Liveness:
    """Whether exactly this process lives. Only to be asked of a process of this namespace."""
    stat = read_stat(identity.pid)
    if stat is None or stat.start_ticks != identity.start_ticks:
        return Liveness.DEAD
    return Liveness.ZOMBIE if stat.state in "ZX" else Liveness.ALIVE


def has_executed(identity: ProcessIdentity) -> bool:
    """Whether the process has become another program since it was forked. True also when nobody can tell any more."""
    stat = read_stat(identity.pid)
    return stat is None or stat.start_ticks != identity.start_ticks or stat.has_executed


def open_pidfd(identity: ProcessIdentity) -> int | None:
    """A descriptor that means this very process for ever, or None when it is gone.

    The ticks are compared after the descriptor was opened: from then on the number cannot change hands unseen.
    """
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
    return descriptor


def has_ended(pidfd: int) -> bool:
    """Whether the process of a pidfd has ended, reaped or not."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))


def send_signal(pidfd: int, number: int) -> bool:
    """Send a signal to a process that has not ended; returns whether it was sent."""
    if has_ended(pidfd):
        return False
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        return False
    return True


def send_signal_to_group(pidfd: int, number: int) -> bool:
    """Signal the group that a process leads, or it alone where the kernel cannot (before Linux 6.9)."""
    if has_ended(pidfd):
        return False
    try:
        signal.pidfd_send_signal(pidfd, number, None, _PIDFD_SIGNAL_PROCESS_GROUP)
    except OSError:
        # EINVAL from an older kernel, ESRCH where it leads no group.
        return send_signal(pidfd, number)
    return True


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


def zombie_exit(identity: ProcessIdentity) -> ProcessExit | None:
    """The wait status of a zombie that its parent has not reaped, where we may see it."""
    stat = read_stat(identity.pid)
    if stat is None or stat.start_ticks != identity.start_ticks or stat.wait_status is None:
        return None
    return ProcessExit(stat.wait_status)


def find_members(cookie: bytes, session: int | None) -> Iterator[ProcessIdentity]:
    """All processes of this namespace that carry a cookie in their first environment or belong to a session.

    A full scan of /proc: slow, and proves nothing when it finds nothing (a process may fork behind the scan's back).
    Used only where nobody is left whose children they are.
    """
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        stat = read_stat(pid)
        if stat is None or stat.state in "ZX" or pid == os.getpid():
            continue
        if (session is not None and stat.session == session) or _carries(pid, cookie):
            yield ProcessIdentity(boot_id(), pid_namespace(), init_start_ticks(), pid, stat.start_ticks, None)


def _carries(pid: int, cookie: bytes) -> bool:
    with contextlib.suppress(OSError):
        return cookie in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False
