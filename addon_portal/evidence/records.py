"""Reading the records of a run directory.

Promises that a file is either not there (None), or whole and of a version we know; anything else is `DamagedRecord`,
which is never taken for absence. Leaves what the records prove to `domain.verdict`.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from addon_portal.domain.clock import from_text
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.limits import LimitEvents, limits_from_json
from addon_portal.domain.records import (
    CheckRecord,
    ChildRecord,
    DoneRecord,
    ExitRecord,
    NotifyRecord,
    ProcessIdentity,
    RunRecords,
    SentSignal,
    StartErrorRecord,
    StopRecord,
)
from addon_portal.domain.terms import terms_from_json

NEWEST_VERSION = 1
OLDEST_VERSION = 1
NO_RECORDS = RunRecords()
_BYTES_AT_ONCE = 8192
"""More than any record but a long spec."""

_Record = TypeVar("_Record")


class DamagedRecord(Exception):
    """A record is there and cannot be believed: cut short, not JSON, a field missing, or of a newer version."""


class TornRecord(DamagedRecord):
    """A record is there and is no JSON: nobody writes such a one, but a power cut can leave it behind."""


def read_json(path: Path | str) -> dict[str, Any] | None:
    """The object in a record file, or None where there is none. Raises DamagedRecord, or OSError if it cannot look."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        content = piece = os.read(descriptor, _BYTES_AT_ONCE)
        while len(piece) == _BYTES_AT_ONCE:
            piece = os.read(descriptor, _BYTES_AT_ONCE)
            content += piece
    finally:
        os.close(descriptor)
    try:
        record: dict[str, Any] = json.loads(content.decode())
    except ValueError as error:
        raise TornRecord(f"{_name(path)} is damaged: {error}") from error
    try:
        version = record["version"]
    except (KeyError, TypeError) as error:
        raise DamagedRecord(f"{_name(path)} is damaged: {error}") from error
    if not OLDEST_VERSION <= version <= NEWEST_VERSION:
        raise DamagedRecord(
            f"{_name(path)} has version {version}; this release reads {OLDEST_VERSION} to {NEWEST_VERSION}"
        )
    return record


def read_records(directory: Path | str, seen: RunRecords = NO_RECORDS) -> RunRecords:
    """All records of a run as they are now. `exit.json` is read after `done.json`, which is written after it.

    What was `seen` a moment ago is not read again: a record is written once, but for `stop.json`, which may grow. A
    damaged record raises DamagedRecord unless the run's end is proven without it.
    """
    place = str(directory)
    done = seen.done or _read(f"{place}/done.json", _done)
    ended = seen.exit or _read(f"{place}/exit.json", _exit)
    read = _read_if_whole if done and ended else _read
    child = seen.child or read(f"{place}/child.json", _child)
    has_check = child is not None and child.terms.success_check is not None
    return RunRecords(
        done=done,
        exit=ended,
        start_error=seen.start_error or read(f"{place}/start_error.json", _start_error),
        child=child,
        stop=read(f"{place}/stop.json", _stop),
        check=_read(f"{place}/check.json", _check) if has_check else None,
    )


def read_child(directory: Path | str) -> ChildRecord | None:
    """The identity of the program alone; it is brought to disk before the program begins, so no power cut tears it."""
    return _read(f"{directory}/child.json", _child)


def read_records_after_power_cut(directory: Path | str) -> RunRecords:
    """The records of a run of an earlier boot: what was torn had not reached the disk, so it counts as not written."""
    return RunRecords(
        done=_read_unless_torn(f"{directory}/done.json", _done),
        exit=_read_unless_torn(f"{directory}/exit.json", _exit),
        start_error=_read_unless_torn(f"{directory}/start_error.json", _start_error),
        child=read_child(directory),
        stop=_read_unless_torn(f"{directory}/stop.json", _stop),
        check=_read_unless_torn(f"{directory}/check.json", _check),
    )


def read_sent_signals(directory: Path | str) -> tuple[SentSignal, ...]:
    """The signals that the shim sent its program while that lived, noted for whoever has to finish its work."""
    return _read(f"{directory}/signals.json", _signals) or ()


def read_notify(directory: Path | str) -> NotifyRecord | None:
    """What the program says of itself; what cannot be read says nothing."""
    try:
        return _read(f"{directory}/notify.json", _notify)
    except (DamagedRecord, OSError):
        return None


def _read(path: str, build: Callable[[Mapping[str, Any]], _Record]) -> _Record | None:
    record = read_json(path)
    if record is None:
        return None
    try:
        return build(record)
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRecord(f"{_name(path)} is damaged: {error!r}") from error


def _read_if_whole(path: str, build: Callable[[Mapping[str, Any]], _Record]) -> _Record | None:
    try:
        return _read(path, build)
    except DamagedRecord:
        return None


def _read_unless_torn(path: str, build: Callable[[Mapping[str, Any]], _Record]) -> _Record | None:
    try:
        return _read(path, build)
    except TornRecord:
        return None


def _name(path: Path | str) -> str:
    return os.path.basename(path)  # noqa: PTH119  may be a string: making a Path takes as long as reading the file


def _identity(record: Mapping[str, Any], boot: Mapping[str, Any]) -> ProcessIdentity:
    return ProcessIdentity(
        boot_id=boot["boot_id"],
        pid_namespace=boot["pid_namespace"],
        init_start_ticks=boot["init_start_ticks"],
        pid=record["pid"],
        start_ticks=record["start_ticks"],
        pidfs_inode=record["pidfs_inode"],
    )


def _child(record: Mapping[str, Any]) -> ChildRecord:
    return ChildRecord(
        program=_identity(record, record),
        started_at=from_text(record["started_at"]),
        shim=_identity(record["shim"], record),
        keeper=record["keeper"],
        started_monotonic=record.get("started_monotonic"),
        terms=terms_from_json(record.get("terms")),
    )


def _signals(record: Mapping[str, Any]) -> tuple[SentSignal, ...]:
    return tuple(SentSignal(sent["signal"], from_text(sent["at"]), sent["why"]) for sent in record.get("signals", ()))


def _exit(record: Mapping[str, Any]) -> ExitRecord:
    return ExitRecord(
        pid=record["pid"],
        exit=ProcessExit(record["wait_status"]),
        ended_at=from_text(record["ended_at"]),
        by=record["by"],
        signals=_signals(record),
        cpu_user_seconds=record.get("cpu_user_seconds"),
        cpu_system_seconds=record.get("cpu_system_seconds"),
        limits=limits_from_json(record.get("limits")),
        limit_events=_limit_events(record),
    )


def _limit_events(record: Mapping[str, Any]) -> LimitEvents:
    memory, pids, cpu = (record.get(name) or {} for name in ("memory_events", "pids_events", "cpu_stat"))
    return LimitEvents(memory.get("oom_kill", 0), pids.get("max", 0), cpu.get("nr_throttled", 0))


def _start_error(record: Mapping[str, Any]) -> StartErrorRecord:
    return StartErrorRecord(
        step=record["step"],
        errno=record["errno"],
        message=record["message"],
        at=from_text(record["at"]),
        file=record.get("file"),
    )


def _done(record: Mapping[str, Any]) -> DoneRecord:
    return DoneRecord(
        at=from_text(record["at"]),
        proof=record["proof"],
        killed=record["killed"],
        output_bytes=record["output_bytes"],
        by=record["by"],
        max_rss_bytes=record.get("max_rss_bytes"),
    )


def _check(record: Mapping[str, Any]) -> CheckRecord:
    problem = None if record["held"] else str(record["problem"])
    return CheckRecord(from_text(record["at"]), problem, record.get("output_tail", ""))


def _notify(record: Mapping[str, Any]) -> NotifyRecord:
    heard_at, progress, status = record.get("heard_at"), record.get("progress"), record.get("status")
    return NotifyRecord(
        heard_at=from_text(heard_at) if heard_at else None,
        progress=None if progress is None else float(progress),
        status=None if status is None else str(status),
        silent_seconds=record.get("silent_seconds"),
        silent_since=_silent_since(record),
        warned_seconds=record.get("warned_seconds", 0.0),
    )


def _silent_since(record: Mapping[str, Any]) -> datetime | None:
    """Shims of before wrote no time beside the silence."""
    if "noted_at" not in record or "silent_seconds" not in record:
        return None
    return from_text(record["noted_at"]) - timedelta(seconds=record["silent_seconds"])


def _stop(record: Mapping[str, Any]) -> StopRecord:
    return StopRecord(
        requested_at=from_text(record["requested_at"]),
        requested_by=record["requested_by"],
        why=record["why"],
        signal=record["signal"],
        grace_seconds=record["grace_seconds"],
        deadline_at=from_text(record["deadline_at"]),
        signals=_signals(record),
        limit_seconds=record.get("limit_seconds"),
    )
