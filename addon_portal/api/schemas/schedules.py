"""Schedules: what is asked for, and how one is shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.api.schemas.history import ListQuery
from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID, time_or_null
from addon_portal.api.services.schedule_service import ScheduleDraft, ShownSchedule
from addon_portal.domain.clock import to_text
from addon_portal.domain.schedules import ScheduleEvent, ScheduleResult, WhenMissed, WhenRunning

Cron = Annotated[
    str,
    Field(
        max_length=200,
        description=(
            "Minute, hour, day, month, day of the week, with names, ranges, steps and lists, as Debian's cron has "
            "them; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`."
        ),
        examples=["0 3 * * mon-fri"],
    ),
]
TimeZone = Annotated[
    str, Field(max_length=60, description="A time zone of the IANA database.", examples=["Europe/Berlin"])
]


class ScheduleRequest(Request):
    """When a project runs by itself."""

    cron: Cron
    time_zone: TimeZone = "UTC"
    when_running: Annotated[
        Literal["skip", "queue"],
        Field(description="At a time at which it runs: leave that time out, or run once more as soon as it has ended."),
    ] = "skip"
    when_missed: Annotated[
        Literal["skip", "run_once"],
        Field(description="After times at which nobody was there: wait for the next one, or run once at once."),
    ] = "skip"
    dry_run: Annotated[bool, Field(description="Only show what it would be.")] = False

    def to_draft(self) -> ScheduleDraft:
        """The request as the service takes it."""
        return ScheduleDraft(
            self.cron.strip(), self.time_zone, WhenRunning(self.when_running), WhenMissed(self.when_missed)
        )


class ScheduleQuery(ListQuery):
    """Which schedules."""

    project_id: Annotated[str | None, Field(description="Of this project alone.", max_length=40)] = None


class TimetableQuery(BaseModel):
    """A schedule that nobody has."""

    model_config = ConfigDict(extra="forbid")

    cron: Cron
    time_zone: TimeZone = "UTC"


class TimeBody(Answer):
    """A time to come."""

    at: Annotated[datetime, Field(description="UTC.")]
    local: Annotated[datetime, Field(description="The same by the clocks of the time zone.")]


class TimesBody(Answer):
    """Times to come."""

    next_times: Annotated[list[TimeBody], Field(description="The next five.")]


class ScheduleEventBody(Answer):
    """What became of the last time."""

    at: Annotated[datetime, Field(description="When that was decided.")]
    due_at: Annotated[datetime, Field(description="The time that was meant.")]
    result: ScheduleResult
    why: str | None
    run_id: Annotated[str | None, Field(examples=[RUN_ID])]


class ScheduleBody(Answer):
    """When a project runs by itself, and what became of that so far."""

    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    project_name: Annotated[str, Field(examples=["nightly"])]
    cron: Cron
    time_zone: TimeZone
    when_running: WhenRunning
    when_missed: WhenMissed
    paused: bool
    paused_at: datetime | None
    paused_by: str | None
    next_times: Annotated[list[TimeBody], Field(description="The next five; none while it is paused.")]
    queued_for: Annotated[datetime | None, Field(description="The time that waits for the end of a run.")]
    started: Annotated[int, Field(description="Runs that it has made.")]
    skipped: Annotated[int, Field(description="Times at which the project was running.")]
    missed: Annotated[int, Field(description="Times at which nobody was there, whether made up for or not.")]
    refused: Annotated[int, Field(description="Times at which the project might not run.")]
    last: ScheduleEventBody | None
    created_at: datetime
    updated_at: datetime
    updated_by: Annotated[str, Field(examples=["key:ci"])]


class SchedulePage(Answer):
    """Schedules, newest project first."""

    items: list[ScheduleBody]
    next_cursor: Annotated[str | None, Field(description="For the next page; null on the last.")]


def times_body(times: Iterable[tuple[datetime, datetime]]) -> dict[str, object]:
    """Times, each as it is everywhere and by the clocks of its zone."""
    return {"next_times": [{"at": to_text(time), "local": local.isoformat()} for time, local in times]}


def schedule_body(shown: ShownSchedule) -> dict[str, object]:
    """The Schedule object."""
    schedule = shown.schedule
    return {
        "project_id": schedule.project_id,
        "project_name": shown.project_name,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "when_running": schedule.when_running,
        "when_missed": schedule.when_missed,
        "paused": schedule.paused_at is not None,
        "paused_at": time_or_null(schedule.paused_at),
        "paused_by": schedule.paused_by,
        **times_body(shown.next_times),
        "queued_for": time_or_null(schedule.queued_for),
        "started": schedule.started,
        "skipped": schedule.skipped,
        "missed": schedule.missed,
        "refused": schedule.refused,
        "last": _event_body(schedule.last),
        "created_at": to_text(schedule.created_at),
        "updated_at": to_text(schedule.updated_at),
        "updated_by": schedule.updated_by,
    }


def _event_body(event: ScheduleEvent | None) -> dict[str, object] | None:
    if event is None:
        return None
    return {
        "at": to_text(event.at),
        "due_at": to_text(event.due_at),
        "result": event.result,
        "why": event.why,
        "run_id": event.run_id,
    }
