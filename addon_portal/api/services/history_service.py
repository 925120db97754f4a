"""What happened: runs, their evidence, and how things stand now. Reads and changes nothing."""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from addon_portal.api.services.output_service import NOT_MOUNTED, explain_drop, log_limit_of, open_output
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_changes import KEYS_EVERY_SECONDS
from addon_portal.api.services.run_views import get_shown_run, show_run, show_runs
from addon_portal.api.services.shown import ShownRun
from addon_portal.auth.policies import Credential, Principal
from addon_portal.domain.comparison import ComparedRun, Difference, compare
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.limits import shown_bytes
from addon_portal.domain.models import JournalEntry, Role
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.evidence.masking import Mask
from addon_portal.evidence.output import LOG_FILE, OutputUnreadable, size_of_log
from addon_portal.evidence.records import DamagedRecord, read_json
from addon_portal.storage import UnitOfWork
from addon_portal.storage.values import Page

RECORDS = {
    "spec.json": "the supervisor has not prepared the run",
    "child.json": "no process of the program has been made known",
    "start_error.json": "no start has failed",
    "exit.json": "nobody has recorded an end of the program",
    "done.json": "nobody has proven that everything the program started is gone",
    "stop.json": "no stop has been carried out",
    "check.json": "no success check has been evaluated",
    "notify.json": "the program has said nothing of itself",
}
"""The files of a run directory, each with what it means that it is not there."""
PRINTED = frozenset({"output_tail", "check_output"})
"""Where records and endings hold what the command of a success check printed."""
TAIL_LINES = 20
_SURELY_DROPPED = 64 << 20
"""Bytes over its limit that no log has whose oldest part can be dropped."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why we say of a run what we say. `records` holds each file as it is, `missing` why the others are not there."""

    run: ShownRun
    ending: Mapping[str, object] | None
    journal: tuple[JournalEntry, ...]
    directory: Path
    records: Mapping[str, object]
    missing: Mapping[str, str]
    output_tail: list[str]
    output_bytes: int
    output_first_offset: int
    dropped: str | None
    """What is no longer there of the output, or what is in spite of its limit, in a sentence."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; empty values do not filter. `since <= requested_at < until`, and so for the end."""

    states: frozenset[RunState] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    finished_since: datetime | None = None
    finished_until: datetime | None = None


class RunLook:
    """Reads one run for whoever has shown a credential, which is looked up the first time, and again when some
    time has passed with waiting: it may have been revoked.
    """

    def __init__(self, portal: Portal, credential: Credential, run_id: RunId) -> None:
        self._portal = portal
        self._credential = credential
        self._run_id = run_id
        self._principal: Principal | None = None
        self._shown_at = float("-inf")

    def __call__(self, uow: UnitOfWork) -> ShownRun:
        """The run as it stands. Raises Unauthenticated, Forbidden, NotFound."""
        now = self._portal.clock.monotonic()
        if self._principal is None or now - self._shown_at >= KEYS_EVERY_SECONDS:
            self._principal = self._portal.authenticate_in(uow, self._credential, Role.VIEWER)
            self._shown_at = now
        return get_shown_run(uow, self._principal.scope, self._run_id, self._portal.circumstances())


def list_runs(
    portal: Portal,
    principal: Principal,
    wanted: RunFilter,
    *,
    limit: int,
    cursor: str | None,
    project_id: ProjectId | None = None,
) -> Page[ShownRun]:
    """A page of runs, newest first. Raises InvalidRequest, and NotFound for a project."""
    with portal.storage.read() as uow:
        if project_id is not None:
            uow.projects.get(principal.scope, project_id)
        page = uow.runs.list_page(
            principal.scope,
            limit=limit,
            cursor=cursor,
            project_id=project_id,
            states=wanted.states,
            reasons=wanted.reasons,
            since=wanted.since,
            until=wanted.until,
            finished_since=wanted.finished_since,
            finished_until=wanted.finished_until,
        )
        return Page(show_runs(uow, page.items, portal.circumstances()), page.next_cursor)


def get_evidence(portal: Portal, principal: Principal, run_id: RunId) -> Evidence:
    """Everything that is known of a run and where it comes from. Raises NotFound."""
    with portal.storage.read() as uow:
        facts = uow.runs.get_launch(principal.scope, run_id)
        run = show_run(uow, facts.run, portal.circumstances())
        journal = uow.journal.list_for_run(principal.scope, run_id)
    directory, mask = portal.data.run_directory(run_id), Mask(facts.environment.values())
    records, missing = {}, {}
    for name, why_not in _missing_reasons(portal, directory):
        try:
            record = _read_record(directory / name)
        except (DamagedRecord, OSError) as error:
            missing[name] = f"cannot be read: {error}"
            continue
        if record is None:
            missing[name] = why_not
        else:
            records[name] = hide_printed(record, mask)
    tail: list[str] = []
    size = first = 0
    try:
        with closing(open_output(portal, facts)) as output:
            tail, size, first = output.last_lines(TAIL_LINES), output.size(), output.first_offset()
    except OutputUnreadable as error:
        missing[LOG_FILE], size = str(error), size_of_log(directory)
    dropped = explain_drop(portal, run_id, first) or _unkept_limit(portal, run_id, size)
    ending = hide_printed(run.run.ending, mask)
    return Evidence(run, ending, journal, directory, records, missing, tail, size, first, dropped)


def _unkept_limit(portal: Portal, run_id: RunId, size: int) -> str | None:
    """What is said of a log that should have lost its oldest part long ago."""
    limit = log_limit_of(portal, run_id) if size > _SURELY_DROPPED else 0
    if not limit or size <= limit + _SURELY_DROPPED:
        return None
    return f"Its limit of {shown_bytes(limit)} is not kept: the file system cannot drop a part of a file."


def hide_printed(record: Mapping[str, object] | None, mask: Mask) -> dict[str, object] | None:
    """A record without secrets in what programs have printed or said, however deep that lies."""
    if record is None:
        return None
    shown: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            shown[name] = hide_printed(value, mask)
        else:
            shown[name] = mask.hide_text(value) if name in PRINTED and isinstance(value, str) else value
    return shown


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs and all that differs between them."""

    left: ShownRun
    right: ShownRun
    differences: tuple[Difference, ...]


def compare_runs(portal: Portal, principal: Principal, run_id: RunId, other_run_id: RunId) -> Comparison:
    """What differs between two of the tenant's runs. Raises NotFound."""
    with portal.storage.read() as uow:
        facts = [uow.runs.get_launch(principal.scope, each) for each in (run_id, other_run_id)]
        left, right = (show_run(uow, each.run, portal.circumstances()) for each in facts)
    sides = [ComparedRun(each, size_of_log(portal.data.run_directory(each.run.id))) for each in facts]
    return Comparison(left, right, compare(*sides))


def _read_record(path: Path) -> dict[str, object] | None:
    """A record that can be shown as JSON. Raises DamagedRecord, OSError."""
    record = read_json(path)
    try:
        json.dumps(record, allow_nan=False)
    except ValueError as error:
        raise DamagedRecord(f"{path.name} holds what JSON does not have: {error}") from error
    return record


def _missing_reasons(portal: Portal, directory: Path) -> Iterable[tuple[str, str]]:
    """Each record with why it may be missing; the same for all where the whole directory is."""
    whole = None
    if not portal.data.run_root_marker.exists():
        whole = NOT_MOUNTED
    elif not directory.exists():
        whole = "the run directory does not exist"
    return [(name, whole or why_not) for name, why_not in RECORDS.items()]
