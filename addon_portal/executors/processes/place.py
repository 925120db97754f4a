"""Which boot and which PID namespace a recorded process belongs to, so that its number means something here.

Reads what Linux says of itself. Leaves the process itself to whoever keeps `contract`.
"""

import functools
from pathlib import Path

from addon_portal.domain.records import ProcessIdentity


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
    try:
        text = Path("/proc/1/stat").read_bytes()
    except OSError:
        return None
    return int(text[text.rindex(b")") + 2 :].split()[19])


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


def identify(pid: int, start_ticks: int) -> ProcessIdentity:
    """The identity of a process that was found here."""
    return ProcessIdentity(boot_id(), pid_namespace(), init_start_ticks(), pid, start_ticks, None)
