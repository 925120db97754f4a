"""Samples of what the runs of this host use, taken with the supervisor's sweeps and kept in their run directories.

A run is looked at for the first time in the sweep after the one that found it, so that short ones cost nothing, and
from then on at intervals that grow with its age (`domain.usage`). Samples prove nothing: whatever goes wrong here is a
gap in that run's samples, is said once, and concerns nobody else. Nothing is synced: a power cut may take the last.
"""

import os
from dataclasses import dataclass, replace

import structlog

from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import ChildRecord
from addon_portal.domain.usage import (
    FIRST_INTERVAL_SECONDS,
    HEADER_BYTES,
    MOST_SAMPLES,
    SAMPLE_BYTES,
    Measured,
    Sample,
    Source,
    UsageLog,
    encode,
    encode_header,
    halve,
    is_gap,
)
from addon_portal.evidence.usage import USAGE_FILE, UsageUnreadable, read_usage
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.control_groups.usage import measure_groups
from addon_portal.executors.processes.usage import measure_processes

log = structlog.get_logger()

_MICROS = 1_000_000
_AGAIN_SECONDS = 60.0
"""When a run is looked at again whose samples could not be kept."""


@dataclass(slots=True)
class _Meter:
    """One run: who it is, when it is looked at next, and the file's interval, length and end, once it was read."""

    child: ChildRecord
    due: float
    interval_seconds: int = 0
    count: int = 0
    last: Sample | None = None
    has_failed: bool = False


class UsageMeter:
    """See the module."""

    def __init__(self, run_root: str, groups: ControlGroups, clock: Clock) -> None:
        self._run_root = run_root
        self._groups = groups
        self._clock = clock
        self._meters: dict[RunId, _Meter] = {}

    def begin(self, run_id: RunId, child: ChildRecord) -> None:
        """Sample a run from now on."""
        if run_id not in self._meters:
            self._meters[run_id] = _Meter(child, self._clock.monotonic() + FIRST_INTERVAL_SECONDS)

    def forget(self, run_id: RunId) -> None:
        """Sample it no more."""
        self._meters.pop(run_id, None)

    def tick(self) -> None:
        """Look at all runs that are due."""
        now = self._clock.monotonic()
        for run_id, meter in list(self._meters.items()):
            if meter.due <= now:
                try:
                    self._sample(run_id, meter)
                except (OSError, UsageUnreadable) as error:
                    meter.due = now + _AGAIN_SECONDS
                    if not meter.has_failed:
                        log.warning("usage_not_sampled", run_id=run_id, error=str(error))
                    meter.has_failed = True

    def _sample(self, run_id: RunId, meter: _Meter) -> None:
        measured = self._measure(run_id, meter.child)
        if measured is None:
            return  # its program has ended: it is let go in a moment
        directory = f"{self._run_root}/{run_id}"
        if not meter.interval_seconds:
            _learn(directory, meter)
        now = self._clock.monotonic()
        sample = _next_sample(meter, measured, round(self._clock.now().timestamp() * _MICROS), round(now * _MICROS))
        _add(directory, meter, sample, measured)
        meter.due = now + meter.interval_seconds

    def _measure(self, run_id: RunId, child: ChildRecord) -> Measured | None:
        """By the run's groups, as far as they count; the rest by its processes."""
        measured = measure_processes(child.program, child.shim)
        if measured is None or not self._groups.has(run_id):
            return measured
        memory, cpu = measure_groups(self._groups.directories(run_id))
        if memory is not None:
            measured = replace(measured, memory_bytes=memory, memory_from=Source.CONTROL_GROUP)
        if cpu is not None:
            measured = replace(measured, cpu_micros=cpu, cpu_from=Source.CONTROL_GROUP)
        return measured


def _learn(directory: str, meter: _Meter) -> None:
    """What an earlier supervisor has sampled of the run. Raises UsageUnreadable."""
    known = read_usage(directory)
    meter.interval_seconds = FIRST_INTERVAL_SECONDS
    if known is not None:
        meter.interval_seconds, meter.count = known.interval_seconds, len(known.samples)
        meter.last = known.samples[-1] if known.samples else None


def _next_sample(meter: _Meter, measured: Measured, at_micros: int, monotonic_micros: int) -> Sample:
    """What was measured, with the time since the last look, or since the program began."""
    began = meter.child.started_monotonic
    before = (
        meter.last.monotonic_micros if meter.last else monotonic_micros if began is None else round(began * _MICROS)
    )
    elapsed = max(0, monotonic_micros - before)
    # Processes that nobody waits for take what they have used with them; time that was seen stays used.
    cpu_micros = max(measured.cpu_micros, meter.last.cpu_micros if meter.last else 0)
    unsampled = elapsed if is_gap(elapsed, meter.interval_seconds) else 0
    return Sample(at_micros, monotonic_micros, unsampled, measured.memory_bytes, cpu_micros, measured.processes)


def _add(directory: str, meter: _Meter, sample: Sample, measured: Measured) -> None:
    """Add a sample to the file; a full one is written anew with half as many. Raises OSError, UsageUnreadable."""
    path = f"{directory}/{USAGE_FILE}"
    known = read_usage(directory) if meter.count >= MOST_SAMPLES else None
    if known is not None:
        thinned = halve(replace(known, samples=(*known.samples, sample)))
        _replace(path, thinned)
        meter.interval_seconds, meter.count, meter.last = thinned.interval_seconds, len(thinned.samples), sample
        return
    if meter.count == 0:
        _replace(path, UsageLog(meter.interval_seconds, measured.memory_from, measured.cpu_from, (sample,)))
    else:
        _append(path, meter.count, sample)
    meter.count, meter.last = meter.count + 1, sample


def _append(path: str, count: int, sample: Sample) -> None:
    """At its place by its number: what a power cut or a full disk has left of a sample there is written over."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.pwrite(descriptor, encode([sample]), HEADER_BYTES + count * SAMPLE_BYTES)
    finally:
        os.close(descriptor)


def _replace(path: str, usage: UsageLog) -> None:
    """Readers see the old file or the new one."""
    temporary = f"{path}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        header = encode_header(usage.interval_seconds, usage.memory_from, usage.cpu_from)
        os.write(descriptor, header + encode(usage.samples))
    finally:
        os.close(descriptor)
    os.rename(temporary, path)  # noqa: PTH104  text, as all paths of run directories
