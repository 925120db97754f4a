"""What a run has used over time: the supervisor's samples, and what its end has added. Reads and changes nothing.

Promises that time in which nobody looked is told as such, and that a run without samples says why.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from addon_portal.api.services.output_service import NOT_MOUNTED
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.records import RunRecords
from addon_portal.domain.usage import Sample, Source, UsageLog, is_gap, thin_out
from addon_portal.evidence.records import NO_RECORDS, DamagedRecord, read_records
from addon_portal.evidence.usage import UsageUnreadable, read_usage

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class UsagePoint:
    """One stretch of time: from the point before, or from the start of the program, to `at`."""

    at: datetime
    memory_bytes: int
    cpu_seconds: float
    cpus: float | None
    """Processors that were busy on average; None for a stretch of which no length is known."""
    processes: int
    unsampled_seconds: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What is known of one run. `why_nothing` says why there are no points."""

    run: Run
    points: tuple[UsagePoint, ...]
    interval_seconds: int | None
    memory_from: Source | None
    cpu_from: Source | None
    peak_memory_bytes: int | None
    cpu_seconds: float | None
    unsampled_since: datetime | None
    """Since when nobody has looked any more, although the run went on."""
    why_nothing: str | None


def get_usage(portal: Portal, principal: Principal, run_id: RunId, *, points: int) -> Usage:
    """What a run has used, in at most so many points. Raises NotFound."""
    with portal.storage.read() as uow:
        run = uow.runs.get(principal.scope, run_id)
    directory = portal.data.run_directory(run_id)
    records = NO_RECORDS
    with suppress(DamagedRecord, OSError):
        records = read_records(directory)
    try:
        log = read_usage(directory)
    except UsageUnreadable as error:
        return _make(run, None, records, (), None, f"The samples cannot be read: {error}.")
    if log is None or not log.samples:
        return _make(run, None, records, (), None, _why_nothing(portal, run, directory))
    shown = _points(log, records, points)
    return _make(run, log, records, shown, _unsampled_since(log, run, portal.clock.now()), None)


def _make(
    run: Run,
    log: UsageLog | None,
    records: RunRecords,
    points: tuple[UsagePoint, ...],
    unsampled_since: datetime | None,
    why_nothing: str | None,
) -> Usage:
    samples = log.samples if log is not None else ()
    peaks = [sample.memory_bytes for sample in samples]
    if records.done is not None and records.done.max_rss_bytes is not None:
        peaks.append(records.done.max_rss_bytes)
    used = [sample.cpu_micros / _MICROS for sample in samples[-1:]]
    if records.exit is not None and records.exit.cpu_user_seconds is not None:
        used.append(records.exit.cpu_user_seconds + (records.exit.cpu_system_seconds or 0.0))
    return Usage(
        run,
        points,
        None if log is None else log.interval_seconds,
        None if log is None else log.memory_from,
        None if log is None else log.cpu_from,
        max(peaks, default=None),
        max(used, default=None),
        unsampled_since,
        why_nothing,
    )


def _points(log: UsageLog, records: RunRecords, most: int) -> tuple[UsagePoint, ...]:
    began = records.child.started_monotonic if records.child is not None else None
    before = None if began is None else (round(began * _MICROS), 0)
    shown = []
    for sample in thin_out(log.samples, most):
        shown.append(_point(sample, before))
        before = sample.monotonic_micros, sample.cpu_micros
    return tuple(shown)


def _point(sample: Sample, before: tuple[int, int] | None) -> UsagePoint:
    elapsed = sample.monotonic_micros - before[0] if before is not None else 0
    cpus = (sample.cpu_micros - before[1]) / elapsed if before is not None and elapsed > 0 else None
    return UsagePoint(
        _moment(sample.at_micros),
        sample.memory_bytes,
        sample.cpu_micros / _MICROS,
        cpus,
        sample.processes,
        sample.unsampled_micros / _MICROS,
    )


def _unsampled_since(log: UsageLog, run: Run, now: datetime) -> datetime | None:
    last = _moment(log.samples[-1].at_micros)
    until = now if run.is_active else run.ended_at or run.finished_at or now
    is_silent = is_gap(round((until - last).total_seconds() * _MICROS), log.interval_seconds)
    return last if is_silent else None


def _why_nothing(portal: Portal, run: Run, directory: Path) -> str:
    if not portal.data.run_root_marker.exists():
        return NOT_MOUNTED
    if run.claimed_at is not None and not directory.exists():
        return "The run directory does not exist."
    if run.started_at is None:
        return "The program has not been started."
    if run.is_active:
        return "Nobody has looked at the run yet: samples begin a second after its start."
    return "The run ended before anybody looked: samples begin a second after its start."


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / _MICROS, UTC)
