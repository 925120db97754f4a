"""What the kernel has counted for all members of a run's control groups: memory and processor time.

Memory is what could not be taken away at once: file pages that nobody has used lately are left out, as they would go
before anybody had to. Says nothing of what no group counts.
"""

import contextlib
from collections.abc import Iterable


def measure_groups(directories: Iterable[str]) -> tuple[int | None, int | None]:
    """Bytes, and microseconds of processor time; None for what none of the groups counts."""
    memory = cpu = None
    for directory in directories:
        memory = _memory(directory) if memory is None else memory
        cpu = _cpu(directory) if cpu is None else cpu
    return memory, cpu


def _memory(directory: str) -> int | None:
    """Version 1 and 2 name it differently."""
    for total, idle in (("memory.current", "inactive_file"), ("memory.usage_in_bytes", "total_inactive_file")):
        with contextlib.suppress(OSError, ValueError):
            used = int(_read(directory, total))
            return max(0, used - _counters(directory, "memory.stat").get(idle, 0))
    return None


def _cpu(directory: str) -> int | None:
    """Version 1 counts it where cpuacct is mounted with cpu, version 2 everywhere."""
    with contextlib.suppress(OSError, ValueError):
        used = _counters(directory, "cpu.stat").get("usage_usec")
        return int(_read(directory, "cpuacct.usage")) // 1000 if used is None else used
    return None


def _counters(directory: str, name: str) -> dict[str, int]:
    pairs = (line.split() for line in _read(directory, name).splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}


def _read(directory: str, name: str) -> str:
    with open(f"{directory}/{name}") as file:  # noqa: PTH123
        return file.read()
