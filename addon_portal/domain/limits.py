"""The resources that a definition allows each of its runs, and what the kernel counted of them.

Part of a definition's version. Pure; leaves having them kept to `executors`, which says for each limit who keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST_MEMORY_BYTES = 1 << 20
LEAST_CPUS = 0.01

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use, with all that it starts; None where nothing is limited."""

    memory_bytes: int | None = None
    """Of memory and swap together; what is needed beyond that costs a process its life."""
    cpus: float | None = None
    """Seconds of processor time per second; whoever wants more waits."""
    pids: int | None = None
    """Processes and threads at once; a fork beyond that is refused."""

    def wanted(self) -> dict[str, float]:
        """Those that are set, by name."""
        named = {"memory_bytes": self.memory_bytes, "cpus": self.cpus, "pids": self.pids}
        return {name: value for name, value in named.items() if value is not None}


NO_LIMITS = Limits()


def limits_from_json(kept: Mapping[str, Any] | None) -> Limits:
    """What `Limits.wanted` gave. Raises TypeError and ValueError for anything else."""
    kept = kept or {}
    memory, cpus, pids = kept.get("memory_bytes"), kept.get("cpus"), kept.get("pids")
    return Limits(
        memory_bytes=None if memory is None else int(memory),
        cpus=None if cpus is None else float(cpus),
        pids=None if pids is None else int(pids),
    )


@dataclass(frozen=True, slots=True)
class LimitEvents:
    """How often the kernel had to act on a run's limits, as counted when its program ended."""

    oom_kills: int = 0
    forks_refused: int = 0
    periods_throttled: int = 0


NO_EVENTS = LimitEvents()


def notes(limits: Limits, events: LimitEvents, *, died_of_memory: bool) -> tuple[str, ...]:
    """What is to be said beside the reason: limits that were reached without being it."""
    said = []
    if died_of_memory and limits.memory_bytes is not None:
        said.append(f"Its memory limit is {shown_bytes(limits.memory_bytes)}.")
    elif events.oom_kills and not died_of_memory:
        killed = "one process" if events.oom_kills == 1 else f"{events.oom_kills} processes"
        said.append(f"The kernel killed {killed} of it for lack of memory{_of(limits.memory_bytes)}.")
    if events.forks_refused:
        reached = "once" if events.forks_refused == 1 else f"{events.forks_refused} times"
        said.append(f"Its limit{_of_pids(limits.pids)} was reached {reached}.")
    return tuple(said)


def shown_bytes(size: int) -> str:
    """Bytes in the largest unit that needs no fraction: `2 GiB`, `1000 bytes`."""
    unit = 0
    while unit + 1 < len(_UNITS) and size and size % 1024 == 0:
        size, unit = size // 1024, unit + 1
    return f"{size} {_UNITS[unit]}"


def _of(memory_bytes: int | None) -> str:
    return "" if memory_bytes is None else f" (its limit is {shown_bytes(memory_bytes)})"


def _of_pids(pids: int | None) -> str:
    return " of processes" if pids is None else f" of {pids} processes"
