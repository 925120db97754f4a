"""A tenant's numbers: how things stand now, and how runs went over time."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from addon_portal.api.schemas.fields import Answer, Time, refuse
from addon_portal.api.schemas.runs import PROJECT_ID, RunBody, run_body, time_or_null
from addon_portal.api.services.numbers_service import SlotWidth, StatsRequest, TenantStats, TenantStatus
from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import ProjectId, has_form
from addon_portal.storage.numbers import Durations, Finished, Slot

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(3000, 1, 1, tzinfo=UTC)


def _in_our_times(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        raise refuse("a time between the years 2000 and 3000")
    return moment


def _project_id(text: str) -> ProjectId:
    if not has_form("prj_", text):
        raise refuse("prj_ and 26 characters")
    return ProjectId(text)


Moment = Annotated[Time, AfterValidator(_in_our_times)]


class StatusQuery(BaseModel):
    """How long the lists are."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=0, le=100, description="Runs in each of the three lists at most.")] = 10


class StatsQuery(BaseModel):
    """Of which time, and of what."""

    model_config = ConfigDict(extra="forbid")

    bucket: Annotated[SlotWidth, Field(description="Numbers of each hour, or of each day, of UTC.")] = SlotWidth.HOUR
    since: Annotated[
        Moment | None, Field(description="Its whole hour or day; by default 24 hours or 30 days before `until`.")
    ] = None
    until: Annotated[Moment | None, Field(description="To the end of its hour or day; by default now.")] = None
    project_id: Annotated[
        Annotated[str, AfterValidator(_project_id)] | None,
        Field(description="Of this project only.", examples=[PROJECT_ID]),
    ] = None

    def to_request(self) -> StatsRequest:
        """The query as the service takes it."""
        project_id = None if self.project_id is None else ProjectId(self.project_id)
        return StatsRequest(self.bucket, self.since, self.until, project_id)


class ActiveRunsBody(Answer):
    """How many runs stand where."""

    pending: int
    starting: int
    running: int
    stopping: int


class HealthBody(Answer):
    """How many active runs there are of each health, each run once, under the first that holds."""

    unreachable: int
    unsupervised: int
    finishing: int
    silent: int
    overdue: int
    ok: int


class FinishedBody(Answer):
    """How many runs have become final so."""

    completed: int
    failed: Annotated[int, Field(description="Those whose outcome is not known are not among them.")]
    unknown: Annotated[int, Field(description="State `failed`, outcome `unknown`.")]
    cancelled: int


class StatusBody(Answer):
    """The tenant's numbers at a glance."""

    projects: int
    active_runs: ActiveRunsBody
    health: HealthBody
    last_24_hours: FinishedBody
    observed_at: Annotated[datetime | None, Field(description="When somebody last looked after the runs.")]
    unreachable: Annotated[bool, Field(description="Nobody does now; states are as of `observed_at`.")]
    failed: Annotated[list[RunBody], Field(description="The newest failures, last ended first.")]
    running: Annotated[list[RunBody], Field(description="What has been claimed, newest first.")]
    waiting: Annotated[list[RunBody], Field(description="What is pending, first asked for first.")]


class DurationsBody(Answer):
    """How long runs took that succeeded; null where none did."""

    median_seconds: Annotated[float | None, Field(description="Half of them took no longer.")]
    p95_seconds: Annotated[float | None, Field(description="95 of 100 took no longer.")]


class BucketBody(FinishedBody, DurationsBody):
    """What became final in one hour or day."""

    at: Annotated[datetime, Field(description="Where it begins.")]


class TotalBody(FinishedBody, DurationsBody):
    """What became final in all of the time."""


class StatsBody(Answer):
    """How runs went in [since, until)."""

    bucket: SlotWidth
    since: datetime
    until: datetime
    project_id: str | None
    total: TotalBody
    buckets: Annotated[list[BucketBody], Field(description="Oldest first, also those without any run.")]


def status_body(status: TenantStatus) -> dict[str, object]:
    """The answer with the numbers."""
    return {
        "projects": status.projects,
        "active_runs": {state.value: count for state, count in status.active_runs.items()},
        "health": {health.value: count for health, count in status.health.items()},
        "last_24_hours": _finished_body(status.finished),
        "observed_at": time_or_null(status.observed_at),
        "unreachable": status.is_unreachable,
        "failed": [run_body(run) for run in status.failed],
        "running": [run_body(run) for run in status.running],
        "waiting": [run_body(run) for run in status.waiting],
    }


def stats_body(stats: TenantStats, asked: StatsRequest) -> dict[str, object]:
    """The answer with the numbers of a time."""
    return {
        "bucket": asked.width,
        "since": to_text(stats.since),
        "until": to_text(stats.until),
        "project_id": asked.project_id,
        "total": _finished_body(stats.finished) | _durations_body(stats.durations),
        "buckets": [_bucket_body(slot) for slot in stats.slots],
    }


def _bucket_body(slot: Slot) -> dict[str, object]:
    return {"at": to_text(slot.at)} | _finished_body(slot.finished) | _durations_body(slot.durations)


def _finished_body(finished: Finished) -> dict[str, object]:
    return {
        "completed": finished.completed,
        "failed": finished.failed,
        "unknown": finished.unknown,
        "cancelled": finished.cancelled,
    }


def _durations_body(durations: Durations) -> dict[str, object]:
    return {
        "median_seconds": durations.median and durations.median.total_seconds(),
        "p95_seconds": durations.p95 and durations.p95.total_seconds(),
    }
