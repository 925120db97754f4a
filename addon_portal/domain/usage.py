"""What a run has used over time: samples of memory and processor time, few enough to be kept for ever.

The file `usage` of a run directory is a header and samples of equal size, in the order of time; each stands for the
stretch since the one before it. When there are too many, pairs become one and the interval doubles, so that a run of a
minute is seen by the second, one of a month by the hour, and neither takes more room than the other. Promises that
time in which nobody looked stays known as such however often it is put together. Leaves measuring to `executors`.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

MOST_SAMPLES = 240
FIRST_INTERVAL_SECONDS = 1

_HEADER = struct.Struct("<4sHBBI4x")
_SAMPLE = struct.Struct("<qQQQQQ")
_MAGIC = b"apu\n"
_VERSION = 1
_MICROS = 1_000_000

HEADER_BYTES = _HEADER.size
SAMPLE_BYTES = _SAMPLE.size


class Source(IntEnum):
    """Who has counted."""

    PROCESSES = 1
    """The processes that the run had at each look, added up."""
    CONTROL_GROUP = 2
    """The kernel, for all members of the run's control group."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run uses now: memory, processor time since it began, how many processes, and who has counted."""

    memory_bytes: int
    cpu_micros: int
    processes: int
    memory_from: Source = Source.PROCESSES
    cpu_from: Source = Source.PROCESSES


@dataclass(frozen=True, slots=True)
class Sample:
    """One stretch: the most memory and processes that were seen in it, and the processor time up to its end.

    Times are microseconds, on the wall clock and on the monotonic one. `unsampled_micros` is how much of the stretch
    nobody has looked at.
    """

    at_micros: int
    monotonic_micros: int
    unsampled_micros: int
    memory_bytes: int
    cpu_micros: int
    processes: int


@dataclass(frozen=True, slots=True)
class UsageLog:
    """The whole file."""

    interval_seconds: int
    memory_from: Source
    cpu_from: Source
    samples: tuple[Sample, ...]


def is_gap(elapsed_micros: int, interval_seconds: int) -> bool:
    """Whether so much time between two looks means that looks were missed: a sweep may come a little late."""
    return elapsed_micros > (2 * interval_seconds + 1) * _MICROS


def merge(samples: Sequence[Sample]) -> Sample:
    """One sample for the stretches of several that follow each other."""
    return replace(
        samples[-1],
        unsampled_micros=sum(sample.unsampled_micros for sample in samples),
        memory_bytes=max(sample.memory_bytes for sample in samples),
        processes=max(sample.processes for sample in samples),
    )


def thin_out(samples: Sequence[Sample], most: int) -> tuple[Sample, ...]:
    """At most so many samples for the same time, each for the same number of the given ones."""
    size = -(-len(samples) // most) or 1
    return tuple(merge(samples[first : first + size]) for first in range(0, len(samples), size))


def halve(log: UsageLog) -> UsageLog:
    """Room for as many samples as there are now."""
    samples = thin_out(log.samples, (len(log.samples) + 1) // 2)
    return replace(log, interval_seconds=2 * log.interval_seconds, samples=samples)


def encode_header(interval_seconds: int, memory_from: Source, cpu_from: Source) -> bytes:
    """How the file begins."""
    return _HEADER.pack(_MAGIC, _VERSION, memory_from, cpu_from, interval_seconds)


def encode(samples: Iterable[Sample]) -> bytes:
    """What is added to the file."""
    return b"".join(
        _SAMPLE.pack(
            sample.at_micros,
            sample.monotonic_micros,
            sample.unsampled_micros,
            sample.memory_bytes,
            sample.cpu_micros,
            sample.processes,
        )
        for sample in samples
    )


def decode(content: bytes) -> UsageLog:
    """The file; a sample that was not written to its end is left out. Raises ValueError for any other file."""
    if len(content) < _HEADER.size:
        raise ValueError("it has no header")
    magic, version, memory_from, cpu_from, interval_seconds = _HEADER.unpack_from(content)
    if (magic, version) != (_MAGIC, _VERSION) or interval_seconds < 1:
        raise ValueError("it is no file of samples that this release reads")
    whole = (len(content) - _HEADER.size) // _SAMPLE.size
    body = content[_HEADER.size : _HEADER.size + whole * _SAMPLE.size]
    samples = tuple(Sample(*fields) for fields in _SAMPLE.iter_unpack(body))
    return UsageLog(interval_seconds, Source(memory_from), Source(cpu_from), samples)
