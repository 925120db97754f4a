"""What history answers: evidence, what differs; and how lists are filtered."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from addon_portal.api.schemas.fields import Answer, Limit, Time
from addon_portal.api.schemas.limits import KeptLimitBody, kept_limits
from addon_portal.api.schemas.runs import RunBody, run_body
from addon_portal.api.services.history_service import Comparison, Evidence, RunFilter
from addon_portal.domain.clock import to_text
from addon_portal.domain.comparison import Part
from addon_portal.domain.models import JournalEntry
from addon_portal.domain.project_lists import ProjectFilter, ProjectSort, Standing
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState


class ListQuery(BaseModel):
    """A page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 50
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before.", max_length=200)] = None


class ProjectQuery(ListQuery):
    """Which projects."""

    search: Annotated[str | None, Field(description="A part of the name, in any case.", max_length=200)] = None
    name: Annotated[str | None, Field(description="Exactly this name.", max_length=200)] = None
    standing: Annotated[
        list[Standing],
        Field(description="How the newest run stands; may be repeated. `failed` leaves `unknown` ends out."),
    ] = []
    attention: Annotated[
        bool, Field(description="The newest run failed, ended unseen, or is silent, overdue or unsupervised.")
    ] = False
    sort: Annotated[
        ProjectSort,
        Field(description="By name, or what is newest first: the project, its last change, its newest run."),
    ] = ProjectSort.CREATED

    def to_filter(self) -> ProjectFilter:
        """The query as the service takes it."""
        return ProjectFilter(self.search, frozenset(self.standing), self.attention)


class RunQuery(ListQuery):
    """Which runs."""

    state: Annotated[list[RunState], Field(description="In any of these states; may be repeated.")] = []
    reason: Annotated[list[Reason], Field(description="Ended for any of these reasons; may be repeated.")] = []
    since: Annotated[Time | None, Field(description="Asked for at or after this time.")] = None
    until: Annotated[Time | None, Field(description="Asked for before this time.")] = None
    finished_since: Annotated[
        Time | None, Field(description="Became final at or after this time; then the last to end comes first.")
    ] = None
    finished_until: Annotated[Time | None, Field(description="Became final before this time.")] = None

    def to_filter(self) -> RunFilter:
        """The query as the service takes it."""
        states, reasons = frozenset(self.state), frozenset(self.reason)
        return RunFilter(states, reasons, self.since, self.until, self.finished_since, self.finished_until)


class WaitQuery(BaseModel):
    """Whether to wait for the end of the run."""

    model_config = ConfigDict(extra="forbid")

    wait_seconds: Annotated[
        float, Field(ge=0, le=60, description="Answer when the run is final, or after this time.")
    ] = 0


class JournalEntryBody(Answer):
    """One fact about the run, in the order it was recorded."""

    seq: int
    kind: Annotated[str, Field(examples=["ended"])]
    from_state: RunState | None
    to_state: RunState | None
    reason: Reason | None
    actor: Annotated[str, Field(examples=["supervisor"])]
    cause: Annotated[str, Field(examples=["shim"])]
    happened_at: datetime
    recorded_at: datetime
    detail: dict[str, JsonValue]


class EvidenceBody(Answer):
    """Why we say of a run what we say."""

    run: RunBody
    sentence: Annotated[str | None, Field(description="The reason with its facts; null while the run is active.")]
    next_step: str | None
    ending: Annotated[dict[str, JsonValue] | None, Field(description="The facts behind the reason and who saw them.")]
    journal: list[JournalEntryBody]
    directory: Annotated[str, Field(description="The run directory on the host.")]
    records: Annotated[dict[str, JsonValue], Field(description="Its files as they are, by name.")]
    missing: Annotated[dict[str, str], Field(description="The files that are not there, and why.")]
    limits: Annotated[dict[str, KeptLimitBody], Field(description="Only those that the run has.")]
    output_tail: Annotated[list[str], Field(description="The last lines of output, at most 20.")]
    output_bytes: Annotated[int, Field(description="As many have been written, those that were dropped too.")]
    output_first_offset: Annotated[int, Field(description="What was before is no longer there.")]
    output_dropped: Annotated[
        str | None, Field(description="The same in a sentence, or that a limit of the log is not kept; else null.")
    ]


class DifferenceBody(Answer):
    """One thing that is not the same in two runs; null where a run does not have it."""

    part: Part
    field: Annotated[str, Field(examples=["command"])]
    left: JsonValue
    right: JsonValue


class ComparisonBody(Answer):
    """Two runs and all that differs between them."""

    left: RunBody
    right: RunBody
    differences: Annotated[
        list[DifferenceBody], Field(description="Part by part. Of values of the environment only that they differ.")
    ]


def evidence_body(evidence: Evidence) -> dict[str, object]:
    """The answer that shows the evidence."""
    body = run_body(evidence.run)
    return {
        "run": body,
        "sentence": body["message"],
        "next_step": body["next_step"],
        "ending": evidence.ending,
        "journal": [_entry_body(entry) for entry in evidence.journal],
        "directory": str(evidence.directory),
        "records": evidence.records,
        "missing": evidence.missing,
        "limits": kept_limits(evidence.records),
        "output_tail": evidence.output_tail,
        "output_bytes": evidence.output_bytes,
        "output_first_offset": evidence.output_first_offset,
        "output_dropped": evidence.dropped,
    }


def comparison_body(comparison: Comparison) -> dict[str, object]:
    """The answer that shows what differs."""
    return {
        "left": run_body(comparison.left),
        "right": run_body(comparison.right),
        "differences": [
            {"part": each.part, "field": each.field, "left": each.left, "right": each.right}
            for each in comparison.differences
        ],
    }


def _entry_body(entry: JournalEntry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "reason": entry.reason,
        "actor": entry.actor,
        "cause": entry.cause,
        "happened_at": to_text(entry.happened_at),
        "recorded_at": to_text(entry.recorded_at),
        "detail": entry.detail,
    }
