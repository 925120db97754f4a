"""The examples of the documents for restarts of many projects, made by the functions that make the answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from addon_portal.api.schemas.bulk_restarts import (
    BULK_ID,
    bulk_item_body,
    bulk_restart_body,
    bulk_restart_summary,
    preview_body,
)
from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID
from addon_portal.api.services.bulk_restart_service import Preview, ShownBulkRestart
from addon_portal.domain.bulk_restarts import BulkChoices, BulkItem, BulkRestart, Candidate, ItemState
from addon_portal.domain.errors import ConfirmationRequired
from addon_portal.domain.ids import BulkRestartId, HostId, ProjectId, RunId, TenantId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, Outcome, RunState

_AT = datetime(2026, 5, 4, 9, 0, 0, tzinfo=UTC)
_FILTER: dict[str, object] = {"state": ["failed"], "since": "2026-05-03T22:00:00Z"}
_BULK = BulkRestart(
    id=BulkRestartId(BULK_ID),
    tenant_id=TenantId("ten_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    host_id=HostId("hst_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    filter=_FILTER,
    choices=BulkChoices(FINAL, note="after the disk was changed"),
    requested_at=_AT,
    requested_by="key:ci",
    total=2,
    done=2,
    started=1,
    skipped=1,
    finished_at=_AT + timedelta(milliseconds=900),
)
_CANDIDATE = Candidate(
    run_id=RunId(RUN_ID),
    project_id=ProjectId(PROJECT_ID),
    project_name="nightly",
    state=RunState.FAILED,
    outcome=Outcome.FAILURE,
    reason=Reason.EXIT_CODE,
    tree="proven",
    has_own_command=True,
    has_own_directory=False,
)
_OTHER = replace(
    _CANDIDATE,
    run_id=RunId("run_01k7qz9t3v5x8y2m4n6p0r1s2b"),
    project_id=ProjectId("prj_01k7qz8a1b2c3d4e5f6g7h8j9m"),
    project_name="weekly",
    tree="assumed",
)
_REFUSAL = ConfirmationRequired(_OTHER.run_id)
_STARTED = BulkItem(
    position=1,
    run_id=_CANDIDATE.run_id,
    project_id=_CANDIDATE.project_id,
    project_name="nightly",
    state=ItemState.STARTED,
    new_run_id=RunId("run_01k7r0a9t3v5x8y2m4n6p0r1s2"),
    done_at=_AT + timedelta(milliseconds=890),
)
_SKIPPED = BulkItem(
    position=2,
    run_id=_OTHER.run_id,
    project_id=_OTHER.project_id,
    project_name="weekly",
    state=ItemState.SKIPPED,
    code=_REFUSAL.code,
    why=_REFUSAL.message,
    done_at=_BULK.finished_at,
)
_REASONS = {ItemState.SKIPPED: {_REFUSAL.code: 1}, ItemState.FAILED: dict[str, int]()}

BULK_RESTART_ASKED: dict[str, object] = {"filter": _FILTER, "note": "after the disk was changed"}
BULK_RESTART = bulk_restart_body(ShownBulkRestart(_BULK, _REASONS))
ABORTED_BULK_RESTART = bulk_restart_body(
    ShownBulkRestart(
        replace(_BULK, done=1, skipped=0, aborted_by="key:ops"),
        {ItemState.SKIPPED: {}, ItemState.FAILED: {}},
    )
)
BULK_RESTART_PAGE: dict[str, object] = {"items": [bulk_restart_summary(_BULK)], "next_cursor": None}
BULK_ITEM_PAGE: dict[str, object] = {
    "items": [bulk_item_body(each) for each in (_STARTED, _SKIPPED)],
    "next_cursor": None,
}
PREVIEW_TEXT = json.dumps(preview_body(Preview(((_CANDIDATE, None), (_OTHER, _REFUSAL)))))
