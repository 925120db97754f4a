"""The examples of the documents for schedules, made by the function that makes the answers."""

from datetime import UTC, datetime, timedelta, timezone

from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID
from addon_portal.api.schemas.schedules import schedule_body
from addon_portal.api.services.schedule_service import ShownSchedule
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.schedules import Schedule, ScheduleEvent, ScheduleResult, WhenMissed, WhenRunning

_AT = datetime(2026, 5, 4, 1, 0, 0, tzinfo=UTC)
_ZONE = timezone(timedelta(hours=2))
_TIMES = [_AT + timedelta(days=day) for day in range(1, 6)]
_SCHEDULE = Schedule(
    project_id=ProjectId(PROJECT_ID),
    tenant_id=TenantId("ten_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    host_id=HostId("hst_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    cron="0 3 * * *",
    time_zone="Europe/Berlin",
    when_running=WhenRunning.SKIP,
    when_missed=WhenMissed.RUN_ONCE,
    created_at=_AT - timedelta(days=3),
    updated_at=_AT - timedelta(days=3),
    updated_by="key:ci",
    planned_at=_AT,
    next_at=_TIMES[0],
    started=3,
    last=ScheduleEvent(_AT + timedelta(milliseconds=4), _AT, ScheduleResult.STARTED, None, RunId(RUN_ID)),
)

SCHEDULE_ASKED: dict[str, object] = {"cron": "0 3 * * *", "time_zone": "Europe/Berlin", "when_missed": "run_once"}
SCHEDULE = schedule_body(ShownSchedule(_SCHEDULE, "nightly", tuple((time, time.astimezone(_ZONE)) for time in _TIMES)))
TIMES = {"next_times": SCHEDULE["next_times"]}
SCHEDULE_PAGE: dict[str, object] = {"items": [SCHEDULE], "next_cursor": None}
