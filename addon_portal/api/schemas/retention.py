"""Retention: what is asked of it, and what it tells."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.api.schemas.runs import time_or_null
from addon_portal.domain.clock import to_text
from addon_portal.storage.retentions import RetentionRequest as StoredRequest

ASKED: dict[str, object] = {"dry_run": True}
RETENTION: dict[str, object] = {
    "id": "ret_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "requested_at": "2026-05-04T09:00:00.000000Z",
    "requested_by": "key:ops",
    "dry_run": True,
    "completed_at": "2026-05-04T09:00:01.200000Z",
    "report": {
        "dry_run": True,
        "logs": {"count": 1, "bytes": 8192},
        "workspaces": {"count": 0, "bytes": 0},
        "code": {"count": 0, "bytes": 0},
        "items": [
            {
                "kind": "log",
                "name": "run_01k7qz9t3v5x8y2m4n6p0r1s2a",
                "bytes": 8192,
                "unused_since": "2026-03-01T09:00:00.000000Z",
                "why": "logs of runs that have been over for more than 30 days are not kept",
            }
        ],
        "problems": [],
    },
}


class RetentionRequest(Request):
    """What is to be done."""

    dry_run: Annotated[bool, Field(description="Remove nothing, and tell what would be removed.")] = False


class RetentionBody(Answer):
    """One pass. `report` counts what was removed, with the first 100 items and what could not be removed."""

    id: str
    requested_at: datetime
    requested_by: str
    dry_run: bool
    completed_at: Annotated[datetime | None, Field(description="Null while the supervisor has not answered.")]
    report: dict[str, JsonValue] | None


def retention_body(request: StoredRequest) -> dict[str, object]:
    """The Retention object."""
    return {
        "id": request.id,
        "requested_at": to_text(request.requested_at),
        "requested_by": request.requested_by,
        "dry_run": request.dry_run,
        "completed_at": time_or_null(request.completed_at),
        "report": request.report,
    }
