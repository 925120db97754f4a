"""When output came: reading the sparse index of times beside a log.

Promises to read no more of the index than is asked for, however long the run: it is searched, not read through. A half
entry at its end is none, and an index that is missing says nothing: it is no evidence. Leaves who may read it, and what
is told of it, to the caller.
"""

import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

INDEX_FILE = "output.idx"
_ENTRY = struct.Struct("<QQ")
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class OutputTime:
    """What begins at `offset` came then, in nanoseconds since 1970; what follows came soon after."""

    offset: int
    nanoseconds: int


def read_times(directory: Path, begin: int, end: int, most: int) -> tuple[OutputTime, ...]:
    """When the bytes [begin, end) came: the last entry at `begin` or before, and those that follow, before `end`.

    Where there are more than `most`, some in between are left out. Raises OSError.
    """
    try:
        descriptor = os.open(directory / INDEX_FILE, _FLAGS)
    except FileNotFoundError:
        return ()
    try:
        status = os.fstat(descriptor)
        count = status.st_size // _ENTRY.size if stat.S_ISREG(status.st_mode) else 0
        first = max(0, _count_before(descriptor, count, begin + 1) - 1)
        last = max(first, _count_before(descriptor, count, end))
        step = max(1, -(-(last - first) // most))
        return tuple(_read_entry(descriptor, number) for number in range(first, last, step))
    finally:
        os.close(descriptor)


def _count_before(descriptor: int, count: int, offset: int) -> int:
    """How many of the first `count` entries begin before this byte; they are in its order."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if _read_entry(descriptor, middle).offset < offset:
            low = middle + 1
        else:
            high = middle
    return low


def _read_entry(descriptor: int, number: int) -> OutputTime:
    return OutputTime(*_ENTRY.unpack(os.pread(descriptor, _ENTRY.size, number * _ENTRY.size)))
