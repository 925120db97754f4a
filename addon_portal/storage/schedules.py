"""Schedules: a tenant's, and those that a host's supervisor has to keep.

Made by those who need it, not by every unit of work. Whoever writes here has locked the project before and looked at
the schedule after that, so that a time is kept once; the run that follows is made in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from addon_portal.domain.clock import from_text, to_text
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, ProjectId, RunId
from addon_portal.domain.models import TenantScope
from addon_portal.domain.schedules import (
    CORRECTION,
    Schedule,
    ScheduleEvent,
    ScheduleResult,
    WhenMissed,
    WhenRunning,
)
from addon_portal.domain.states import ACTIVE
from addon_portal.storage import cursors
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    from_json,
    from_micros,
    from_micros_or_none,
    storable,
    to_column,
    to_json,
    to_micros,
)
from addon_portal.storage.values import Page

SCHEDULE_FIELDS = tuple(each.name for each in fields(Schedule))
"""The columns of a schedule in the order of `Schedule`."""
_COLUMNS = ", ".join(f"s.{name}" for name in SCHEDULE_FIELDS)
_SELECT = f"SELECT {_COLUMNS} FROM schedules AS s"  # noqa: S608 - made of constants
_FIND = f"{_SELECT} WHERE s.project_id = :project_id AND s.tenant_id = :tenant_id"
_PAGE = f"""
    SELECT {_COLUMNS}, p.name, p.seq FROM schedules AS s JOIN projects AS p ON p.id = s.project_id
    WHERE s.tenant_id = :tenant_id AND p.seq < :before ORDER BY p.seq DESC LIMIT :limit
"""  # noqa: S608 - made of constants
_IDENTITY = {"project_id", "tenant_id", "created_at"}
_PUT = f"""
    INSERT INTO schedules ({", ".join(SCHEDULE_FIELDS)}) VALUES ({", ".join(f":{name}" for name in SCHEDULE_FIELDS)})
    ON CONFLICT (project_id) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in SCHEDULE_FIELDS if name not in _IDENTITY)}
"""  # noqa: S608 - made of constants
_DELETE = "DELETE FROM schedules WHERE project_id = :project_id AND tenant_id = :tenant_id"
_DUE = f"""
    {_SELECT} WHERE s.host_id = :host_id AND s.next_at IS NOT NULL AND s.next_at <= :now ORDER BY s.next_at LIMIT :limit
"""
_FREE = f"""
    {_SELECT} WHERE s.host_id = :host_id AND s.queued_for IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.project_id = s.project_id AND r.state IN ({quoted(ACTIVE)}))
    AND NOT EXISTS (SELECT 1 FROM scheduled_restarts AS c WHERE c.project_id = s.project_id)
    ORDER BY s.queued_for LIMIT :limit
"""  # noqa: S608 - made of constants
_WRONGLY_PLANNED = f"""
    {_SELECT} WHERE s.host_id = :host_id AND s.next_at IS NOT NULL AND s.planned_at > :until
"""


class Schedules(Repository):
    """Schedules by their tenant's scope, and by their host."""

    __slots__ = ()

    # For a tenant.

    def find(self, scope: TenantScope, project_id: ProjectId) -> Schedule | None:
        """The schedule of a project."""
        row = self._connection.one(_FIND, {"project_id": storable(project_id), "tenant_id": scope.tenant_id})
        return None if row is None else _schedule_from_row(row)

    def get(self, scope: TenantScope, project_id: ProjectId) -> Schedule:
        """As above. Raises NotFound."""
        schedule = self.find(scope, project_id)
        if schedule is None:
            raise NotFound("schedule", project_id)
        return schedule

    def list_page(self, scope: TenantScope, *, limit: int, cursor: str | None = None) -> Page[tuple[Schedule, str]]:
        """The tenant's, with the names of their projects, newest project first. Raises InvalidRequest."""
        place = cursors.decode("schedules", cursor)
        before = place[0] if place else 2**62
        parameters = {"tenant_id": scope.tenant_id, "before": before, "limit": limit + 1}
        rows = self._connection.all(_PAGE, parameters)
        items = tuple((_schedule_from_row(row[:-2]), str(row[-2])) for row in rows[:limit])
        return Page(items, cursors.encode("schedules", (rows[limit - 1][-1],)) if len(rows) > limit else None)

    def put(self, scope: TenantScope, schedule: Schedule) -> None:
        """Give a project this schedule, in place of one that it has."""
        assert schedule.tenant_id == scope.tenant_id
        self._connection.change(_PUT, _to_row(schedule))

    def delete(self, scope: TenantScope, project_id: ProjectId) -> bool:
        """Take a project's schedule away; False where it has none."""
        return self._connection.change(_DELETE, {"project_id": storable(project_id), "tenant_id": scope.tenant_id}) > 0

    # For a supervisor.

    def list_due(self, host_id: HostId, now: datetime, limit: int) -> tuple[Schedule, ...]:
        """Those whose time has come, the longest ago first."""
        return self._list(_DUE, {"host_id": host_id, "now": to_micros(now), "limit": limit})

    def list_free(self, host_id: HostId, limit: int) -> tuple[Schedule, ...]:
        """Those with a time that waits for the end of a run, and none is active or to come any more."""
        return self._list(_FREE, {"host_id": host_id, "limit": limit})

    def list_wrongly_planned(self, host_id: HostId, now: datetime) -> tuple[Schedule, ...]:
        """Those that were planned while the clock was far ahead of what it says now."""
        return self._list(_WRONGLY_PLANNED, {"host_id": host_id, "until": to_micros(now + CORRECTION)})

    def _list(self, sql: str, parameters: Mapping[str, object]) -> tuple[Schedule, ...]:
        return tuple(_schedule_from_row(row) for row in self._connection.all(sql, parameters))


def _to_row(schedule: Schedule) -> dict[str, object]:
    values = {name: getattr(schedule, name) for name in SCHEDULE_FIELDS if name != "last"}
    row = {name: to_column(value) for name, value in values.items()}
    return {**row, "last": None if schedule.last is None else to_json(_event_to_json(schedule.last))}


def _schedule_from_row(row: Row) -> Schedule:
    (
        project_id, tenant_id, host_id, cron, time_zone, when_running, when_missed, created_at, updated_at, updated_by,
        planned_at, next_at, paused_at, paused_by, queued_for, started, skipped, missed, refused, last,
    ) = row  # fmt: skip
    return Schedule(
        project_id, tenant_id, host_id, cron, time_zone, WhenRunning(when_running), WhenMissed(when_missed),
        from_micros(created_at), from_micros(updated_at), updated_by, from_micros(planned_at),
        from_micros_or_none(next_at), from_micros_or_none(paused_at), paused_by, from_micros_or_none(queued_for),
        started, skipped, missed, refused, _event_from(last),
    )  # fmt: skip


def _event_to_json(event: ScheduleEvent) -> dict[str, object]:
    return {
        "at": to_text(event.at),
        "due_at": to_text(event.due_at),
        "result": event.result,
        "why": event.why,
        "run_id": event.run_id,
    }


def _event_from(text: str | None) -> ScheduleEvent | None:
    """What happened last; one that cannot be read is not worth a schedule: nothing is decided by it."""
    try:
        return None if text is None else _event_from_json(from_json(text))
    except (KeyError, TypeError, ValueError):
        return None


def _event_from_json(stored: Mapping[str, str]) -> ScheduleEvent:
    run_id = stored["run_id"]
    return ScheduleEvent(
        from_text(stored["at"]),
        from_text(stored["due_at"]),
        ScheduleResult(stored["result"]),
        stored["why"],
        RunId(run_id) if run_id else None,
    )
