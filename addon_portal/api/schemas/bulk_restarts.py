"""Restarts of many projects by one request: what is asked for, what would come of it, how far it has come."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from addon_portal.api.schemas.fields import Answer, Note, Request, Time, refuse
from addon_portal.api.schemas.history import ListQuery
from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID, MeantRun, time_or_null
from addon_portal.api.services.bulk_restart_service import Preview, ShownBulkRestart
from addon_portal.domain.bulk_restarts import (
    BulkChoices,
    BulkFilter,
    BulkItem,
    BulkRestart,
    BulkState,
    Candidate,
    ItemState,
)
from addon_portal.domain.clock import to_text
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import ProjectId, has_form
from addon_portal.domain.models import JsonObject
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState

BULK_ID = "blk_01k7qz8a1b2c3d4e5f6g7h8j9k"
PREVIEWED = 50
"""So many projects are shown of each kind."""


def _check_project_id(text: str) -> ProjectId:
    if not has_form("prj_", text):
        raise refuse("prj_ and 26 characters")
    return ProjectId(text)


_States = Annotated[
    list[Annotated[RunState, Field(strict=False)]], Field(description="The newest run is in any of these states.")
]
_Outcomes = Annotated[
    list[Annotated[Outcome, Field(strict=False)]], Field(description="It ended with any of these outcomes.")
]
_Reasons = Annotated[
    list[Annotated[Reason, Field(strict=False)]], Field(description="It ended for any of these reasons.")
]
_Projects = Annotated[
    list[Annotated[str, AfterValidator(_check_project_id)]],
    Field(max_length=1000, description="Only these projects.", examples=[[PROJECT_ID]]),
]
_Seen = Annotated[
    list[MeantRun],
    Field(max_length=1000, description="What was seen: a project is left out whose newest run is none of these."),
]
_Search = Annotated[str, Field(max_length=200, description="A part of the project's name, in any case.")]
_ItemStates = Annotated[list[ItemState], Field(description="In any of these states; may be repeated.")]


class BulkFilterRequest(Request):
    """Which projects: all conditions hold of the project and its newest run. There must be one at least."""

    state: _States = Field(default_factory=list)
    outcome: _Outcomes = Field(default_factory=list)
    reason: _Reasons = Field(default_factory=list)
    project_id: _Projects = Field(default_factory=list)
    search: _Search | None = None
    since: Annotated[Time | None, Field(description="The newest run was asked for at or after this time.")] = None
    until: Annotated[Time | None, Field(description="The newest run was asked for before this time.")] = None

    @model_validator(mode="after")
    def _is_a_filter(self) -> Self:
        if self.to_filter() == BulkFilter():
            raise refuse("at least one condition; for all projects name every state", "none")
        return self

    def to_filter(self) -> BulkFilter:
        """The filter as the service takes it."""
        return BulkFilter(
            frozenset(self.state),
            frozenset(self.outcome),
            frozenset(self.reason),
            frozenset(map(ProjectId, self.project_id)),
            self.search or None,
            self.since,
            self.until,
        )

    def to_stored(self) -> JsonObject:
        """The conditions that were named, for people."""
        return self.model_dump(mode="json", exclude_defaults=True)


class BulkRestartRequest(Request):
    """A restart of every project that matches."""

    filter: BulkFilterRequest
    definition: Annotated[
        Literal["pinned", "latest"],
        Field(description="What ran, with its parameters and environment; or the projects' newest definitions."),
    ] = "pinned"
    workspace: Annotated[
        Literal["keep", "clean"], Field(description="The directories of the runs before, or new empty ones.")
    ] = "keep"
    confirm: Annotated[
        bool, Field(description="Also where leftovers may be alive, and where nobody knows how the run ended.")
    ] = False
    note: Note | None = None
    run_id: _Seen = Field(default_factory=list)
    dry_run: Annotated[bool, Field(description="Only say what would be restarted, and what would not and why.")] = False

    def to_choices(self, restartable: frozenset[RunState]) -> BulkChoices:
        """The request as the service takes it."""
        latest, clean = self.definition == "latest", self.workspace == "clean"
        return BulkChoices(restartable, latest, clean, self.confirm, self.note, frozenset(self.run_id))


class BulkItemQuery(ListQuery):
    """Which projects of a bulk restart."""

    state: _ItemStates = Field(default_factory=list)


class PreviewItemBody(Answer):
    """A project that matches, with its newest run; `code` and `why` say why it would be left out."""

    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    project_name: Annotated[str, Field(examples=["nightly"])]
    run_id: Annotated[str, Field(examples=[RUN_ID])]
    state: RunState
    outcome: Outcome | None
    reason: Reason | None
    code: Annotated[str | None, Field(examples=["confirmation_required"])]
    why: str | None


class PreviewBody(Answer):
    """What a bulk restart would do now; nothing was stored."""

    dry_run: Literal[True]
    total: Annotated[int, Field(description="Projects that match.", examples=[12])]
    would_start: Annotated[int, Field(examples=[11])]
    would_skip: Annotated[dict[str, int], Field(description="Projects that would be left out, by code.")]
    starting: Annotated[list[PreviewItemBody], Field(description=f"The first {PREVIEWED} that would be restarted.")]
    skipping: Annotated[list[PreviewItemBody], Field(description=f"The first {PREVIEWED} that would not.")]


class BulkFilterBody(Answer):
    """The conditions that were named."""

    state: list[RunState] | None = None
    outcome: list[Outcome] | None = None
    reason: list[Reason] | None = None
    project_id: list[str] | None = None
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class BulkRestartSummary(Answer):
    """A restart of many projects, and how far it has come."""

    id: Annotated[str, Field(examples=[BULK_ID])]
    state: BulkState
    filter: BulkFilterBody
    definition: Literal["pinned", "latest"]
    workspace: Literal["keep", "clean"]
    confirm: bool
    note: str | None
    total: Annotated[int, Field(description="Projects that matched when it was asked for.", examples=[12])]
    done: Annotated[int, Field(description="Projects that have had their turn.", examples=[12])]
    started: Annotated[int, Field(description="Projects that were restarted; their runs may still wait.")]
    skipped: Annotated[int, Field(description="Projects that were left out for a reason.")]
    failed: Annotated[int, Field(description="Projects for which something went wrong with the portal itself.")]
    requested_at: datetime
    requested_by: Annotated[str, Field(examples=["key:ci"])]
    finished_at: datetime | None
    aborted_by: str | None


class BulkRestartBody(BulkRestartSummary):
    """A restart of many projects, with why some were left out."""

    skipped_by_code: Annotated[dict[str, int], Field(description="As the errors of a single restart.")]
    failed_by_code: dict[str, int]


class BulkRestartPage(Answer):
    """Restarts of many projects, newest first."""

    items: list[BulkRestartSummary]
    next_cursor: Annotated[str | None, Field(description="For the next page; null on the last.")]


class BulkItemBody(Answer):
    """One project of a bulk restart, and what came of it."""

    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    project_name: Annotated[str, Field(description="As it was called then.", examples=["nightly"])]
    run_id: Annotated[str, Field(description="The run that was meant.", examples=[RUN_ID])]
    state: ItemState
    code: Annotated[str | None, Field(description="Why it was left out.")]
    why: Annotated[str | None, Field(description="The same as a sentence.")]
    new_run_id: Annotated[str | None, Field(description="The run that was made.", examples=[RUN_ID])]
    done_at: datetime | None


class BulkItemPage(Answer):
    """Projects of a bulk restart in the order of their turns."""

    items: list[BulkItemBody]
    next_cursor: Annotated[str | None, Field(description="For the next page; null on the last.")]


def preview_body(found: Preview) -> dict[str, object]:
    """The answer to a dry run."""
    items = [_previewed(candidate, refusal) for candidate, refusal in found.projects]
    starting = [item for item in items if item["code"] is None]
    skipping = [item for item in items if item["code"] is not None]
    return {
        "dry_run": True,
        "total": len(items),
        "would_start": len(starting),
        "would_skip": dict(found.reasons),
        "starting": starting[:PREVIEWED],
        "skipping": skipping[:PREVIEWED],
    }


def bulk_restart_summary(bulk: BulkRestart) -> dict[str, object]:
    """A bulk restart in a list."""
    choices = bulk.choices
    return {
        "id": bulk.id,
        "state": bulk.state,
        "filter": dict(bulk.filter),
        "definition": "latest" if choices.latest_definition else "pinned",
        "workspace": "clean" if choices.clean_workspace else "keep",
        "confirm": choices.confirmed,
        "note": choices.note,
        "total": bulk.total,
        "done": bulk.done,
        "started": bulk.started,
        "skipped": bulk.skipped,
        "failed": bulk.failed,
        "requested_at": to_text(bulk.requested_at),
        "requested_by": bulk.requested_by,
        "finished_at": time_or_null(bulk.finished_at),
        "aborted_by": bulk.aborted_by,
    }


def bulk_restart_body(shown: ShownBulkRestart) -> dict[str, object]:
    """One bulk restart."""
    return {
        **bulk_restart_summary(shown.bulk),
        "skipped_by_code": dict(shown.reasons[ItemState.SKIPPED]),
        "failed_by_code": dict(shown.reasons[ItemState.FAILED]),
    }


def bulk_item_body(item: BulkItem) -> dict[str, object]:
    """One of its projects."""
    return {
        "project_id": item.project_id,
        "project_name": item.project_name,
        "run_id": item.run_id,
        "state": item.state,
        "code": item.code,
        "why": item.why,
        "new_run_id": item.new_run_id,
        "done_at": time_or_null(item.done_at),
    }


def _previewed(candidate: Candidate, refusal: DomainError | None) -> dict[str, object]:
    return {
        "project_id": candidate.project_id,
        "project_name": candidate.project_name,
        "run_id": candidate.run_id,
        "state": candidate.state,
        "outcome": candidate.outcome,
        "reason": candidate.reason,
        "code": None if refusal is None else refusal.code,
        "why": None if refusal is None else refusal.message,
    }
