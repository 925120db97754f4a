"""What /proc says of processes: their memory, their CPU time, their children."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def memory(pids: Iterable[int], field: str = "Pss") -> float:
    """MiB of all of them, in proportion where pages are shared (proc_pid_smaps(5)); `field` may be another one."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name == field:
                total += int(rest.split()[0])
    return total / 1024


def private_memory(pids: Iterable[int]) -> float:
    """MiB that would be free again if they ended (the unique set size)."""
    pids = list(pids)
    return memory(pids, "Private_Clean") + memory(pids, "Private_Dirty")


def cpu_seconds(pids: Iterable[int]) -> float:
    """What all their threads have used, exact to a nanosecond (schedstat), without children."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cpu_seconds_of_reaped(pid: int) -> float:
    """What the children that a process has waited for have used, with theirs, exact to a tick."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2 :].split()
    return (int(fields[13]) + int(fields[14])) / _TICKS


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """Everybody below a process."""
    below = []
    for child in children(pid):
        below += [child, *descendants(child)]
    return below


def is_alive(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text[text.rindex(")") + 2] not in "ZX"
