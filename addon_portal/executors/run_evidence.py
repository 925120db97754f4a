"""The records of a run of this host, with what the host adds to them.

Promises what `evidence.records` does, but that damage which a power cut explains counts as not written, and that what a
dead shim noted of its signals is not forgotten. Leaves every conclusion to `domain.verdict`.
"""

from collections.abc import Callable
from dataclasses import replace

from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import RunRecords
from addon_portal.domain.verdict import Liveness, RunEvidence
from addon_portal.evidence.records import (
    NO_RECORDS,
    DamagedRecord,
    TornRecord,
    read_child,
    read_json,
    read_records,
    read_records_after_power_cut,
    read_sent_signals,
)
from addon_portal.executors.base import KnownRun
from addon_portal.executors.processes import place
from addon_portal.executors.processes.contract import Processes


def cookie_of(run_id: RunId) -> bytes:
    """The variable by which all processes of a run are known."""
    return f"ADDON_PORTAL_RUN_ID={run_id}".encode()


def without_evidence(
    known: KnownRun, processes: Processes, root_present: Callable[[], bool], clock: Clock
) -> RunEvidence:
    """Whether anything of a run lives whose directory was taken away under it; UNKNOWN where nothing is found."""
    found = next(processes.find_members(cookie_of(known.run_id), None), None)
    return RunEvidence(
        # Asked in this order an unmount between the two looks is not taken for lost evidence.
        root_present=root_present(),
        looked_at=clock.now(),
        directory_present=False,
        program=Liveness.UNKNOWN if found is None else Liveness.ALIVE,
        last_seen_alive_at=known.last_seen_alive_at,
    )


def read_all(directory: str, seen: RunRecords = NO_RECORDS) -> RunRecords:
    """All records. Raises DamagedRecord unless a power cut explains the damage."""
    try:
        records = _read_whole_records(directory, seen)
    except TornRecord:
        child = read_child(directory)
        if child is None or place.is_of_this_boot(child.program):
            raise
        records = read_records_after_power_cut(directory)
    if records.child is None and records.exit is not None and records.exit.exit.succeeded:
        _refuse_unknown_check(directory)
    return records


def _refuse_unknown_check(directory: str) -> None:
    """Without `child.json` an end is proven; a success is not where the spec asks for more than an exit code of 0."""
    if ((read_json(f"{directory}/spec.json") or {}).get("terms") or {}).get("success_check"):
        raise DamagedRecord("child.json cannot be read, and the run has a success check")


def _read_whole_records(directory: str, seen: RunRecords) -> RunRecords:
    """All records; what the dead shim noted of its signals counts until an exit record says it for good."""
    records = read_records(directory, seen)
    if records.stop is None or records.exit is not None:
        return records
    signals = (*read_sent_signals(directory), *records.stop.signals)
    return replace(records, stop=replace(records.stop, signals=signals))
