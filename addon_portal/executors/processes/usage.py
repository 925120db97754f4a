"""Memory and processor time of a run's processes, by what proc_pid_stat(5) says of each.

Costs two small files for each process. The shim adopts whatever its program leaves behind, so its descendants are the
whole run, and what it has reaped is counted with it; of a run without shim only the program's descendants are seen.
Promises that a number which was given away is not taken for the process that had it.
"""

import contextlib
import os
from dataclasses import dataclass

from addon_portal.domain.records import ProcessIdentity
from addon_portal.domain.usage import Measured

_MICROS_PER_TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGESIZE")


@dataclass(frozen=True, slots=True)
class _Counters:
    """The fields of one process that are added up; times are ticks."""

    own_ticks: int
    reaped_ticks: int
    threads: int
    start_ticks: int
    pages: int
    has_ended: bool


def measure_processes(program: ProcessIdentity, shim: ProcessIdentity) -> Measured | None:
    """What a run uses now; None when its program has ended."""
    first = _read(program.pid)
    if first is None or first.start_ticks != program.start_ticks or first.has_ended:
        return None
    ticks, left = 0, [program.pid]
    foster = _read(shim.pid)
    if foster is not None and foster.start_ticks == shim.start_ticks:
        ticks, left = foster.reaped_ticks, _children(shim.pid, foster.threads) or left
    pages, seen = 0, set[int]()
    while left:
        pid = left.pop()
        counters = _read(pid) if pid not in seen else None
        if counters is None:
            continue
        seen.add(pid)
        ticks += counters.own_ticks + counters.reaped_ticks
        pages += counters.pages
        left += _children(pid, counters.threads)
    return Measured(pages * _PAGE_BYTES, ticks * _MICROS_PER_TICK, len(seen))


def _read(pid: int) -> _Counters | None:
    """The name may hold anything, so fields count from the last `)`."""
    text = _read_file(f"/proc/{pid}/stat")
    if not text:
        return None
    fields = text[text.rindex(b")") + 2 :].split(maxsplit=22)
    user, system, reaped_user, reaped_system = map(int, fields[11:15])
    return _Counters(
        own_ticks=user + system,
        reaped_ticks=reaped_user + reaped_system,
        threads=int(fields[17]),
        start_ticks=int(fields[19]),
        pages=max(0, int(fields[21])),
        has_ended=fields[0] in (b"Z", b"X"),
    )


def _children(pid: int, threads: int) -> list[int]:
    """The kernel lists them by the thread that forked them; none where it was built without (CONFIG_PROC_CHILDREN)."""
    if threads == 1:
        return [int(child) for child in _read_file(f"/proc/{pid}/task/{pid}/children").split()]
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  text, as everything here
            found += map(int, _read_file(f"/proc/{pid}/task/{thread}/children").split())
    return found


def _read_file(path: str) -> bytes:
    """Empty when there is no such process any more."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
