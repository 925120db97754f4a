"""What retention asks of the books, and the requests to do it now.

The only reader here that looks at runs of all tenants is the supervisor of their host, which has to know what nobody
uses any more. Nothing here changes a run.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, ProjectId, RetentionId, TenantId, new_retention_id
from addon_portal.domain.models import JsonObject
from addon_portal.domain.states import ACTIVE
from addon_portal.storage.cleanups import KEPT_FOR
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_json, from_micros, from_micros_or_none, storable, to_json, to_micros

_COLUMNS = "id, host_id, requested_at, requested_by, dry_run, completed_at, report"
_GET = f"SELECT {_COLUMNS} FROM retentions WHERE id = :id"  # noqa: S608 - made of constants
_OPEN = f"""
    SELECT {_COLUMNS} FROM retentions WHERE host_id = :host_id AND completed_at IS NULL ORDER BY requested_at, id
"""  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO retentions (id, host_id, requested_at, requested_by, dry_run)
    VALUES (:id, :host_id, :requested_at, :requested_by, :dry_run)
"""
# As those of clean-ups: the primary key finds the old ones.
_PRUNE = "DELETE FROM retentions WHERE id < :before AND completed_at IS NOT NULL"
_COMPLETE = "UPDATE retentions SET completed_at = :at, report = :report WHERE id = :id AND completed_at IS NULL"
_NEWEST = """
    SELECT p.id, p.tenant_id, p.deleted_at, r.number, r.workspace, r.state, r.finished_at FROM projects AS p
    LEFT JOIN runs AS r ON r.project_id = p.id AND r.number =
        (SELECT max(newest.number) FROM runs AS newest WHERE newest.project_id = p.id)
    WHERE p.id IN (:project_ids...)
"""
_LEFT_AT = """
    SELECT r.requested_at FROM runs AS r
    WHERE r.project_id = :project_id AND r.workspace <> :workspace
        AND r.number > (SELECT first.number FROM runs AS first WHERE first.id = :first_run)
    ORDER BY r.number LIMIT 1
"""
_CODE_IN_USE = f"""
    SELECT d.code FROM projects AS p JOIN definitions AS d ON d.project_id = p.id
    WHERE p.tenant_id = :tenant_id AND d.code IS NOT NULL AND (p.deleted_at IS NULL OR EXISTS (
        SELECT 1 FROM runs AS r WHERE r.project_id = p.id AND r.state IN ({quoted(ACTIVE)})))
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class RetentionRequest:
    """A request to remove now what the rules say, or only to tell what that would be."""

    id: RetentionId
    host_id: HostId
    requested_at: datetime
    requested_by: str
    dry_run: bool
    completed_at: datetime | None = None
    report: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class NewestRun:
    """What retention has to know of a project: its newest run, which alone may be active or be restarted."""

    project_id: ProjectId
    tenant_id: TenantId
    deleted_at: datetime | None
    number: int
    workspace: str
    is_active: bool
    finished_at: datetime | None


class Retentions(Repository):
    """Requests, and what is in use."""

    __slots__ = ()

    def insert(self, request: RetentionRequest) -> None:
        """Ask for it. The host's supervisor finds it with its next sweep: its wakes are for runs.

        Reports that nobody will ask for any more go.
        """
        self._connection.change(_PRUNE, {"before": new_retention_id(request.requested_at - KEPT_FOR)})
        self._connection.change(
            _INSERT,
            {
                "id": request.id,
                "host_id": request.host_id,
                "requested_at": to_micros(request.requested_at),
                "requested_by": storable(request.requested_by),
                "dry_run": request.dry_run,
            },
        )

    def get(self, retention_id: RetentionId) -> RetentionRequest:
        """One request. Raises NotFound."""
        row = self._connection.one(_GET, {"id": storable(retention_id)})
        if row is None:
            raise NotFound("retention", retention_id)
        return _request_from_row(row)

    def list_open(self, host_id: HostId) -> tuple[RetentionRequest, ...]:
        """What was asked for and not done, oldest first."""
        return tuple(_request_from_row(row) for row in self._connection.all(_OPEN, {"host_id": host_id}))

    def complete(self, retention_id: RetentionId, report: JsonObject, at: datetime) -> None:
        """Store the report unless there is one, and wake the api."""
        self._connection.change(_COMPLETE, {"id": retention_id, "report": to_json(report), "at": to_micros(at)})
        self._uow.wake_api()

    def list_newest(self, project_ids: Collection[ProjectId]) -> dict[ProjectId, NewestRun]:
        """These projects with their newest runs, deleted ones too; those that are not known are left out."""
        if not project_ids:
            return {}
        rows = self._connection.all(_NEWEST, {"project_ids": list(project_ids)})
        return {row[0]: _newest_from_row(row) for row in rows}

    def find_left_at(self, project_id: ProjectId, workspace: str, first_run: str) -> datetime | None:
        """When the first run was asked for that began elsewhere; None while none has, or where nothing is known."""
        parameters = {"project_id": project_id, "workspace": workspace, "first_run": first_run}
        row = self._connection.one(_LEFT_AT, parameters)
        return None if row is None else from_micros(row[0])

    def list_code_in_use(self, tenant_id: TenantId) -> set[str]:
        """The digests of all code that a version of a project has, or of a deleted one while a run of it is active."""
        rows = self._connection.all(_CODE_IN_USE, {"tenant_id": storable(tenant_id)})
        return {str(from_json(row[0])["digest"]) for row in rows}


def _request_from_row(row: Row) -> RetentionRequest:
    retention_id, host_id, requested_at, requested_by, dry_run, completed_at, report = row
    return RetentionRequest(
        retention_id,
        host_id,
        from_micros(requested_at),
        requested_by,
        bool(dry_run),
        from_micros_or_none(completed_at),
        from_json(report),
    )


def _newest_from_row(row: Row) -> NewestRun:
    project_id, tenant_id, deleted_at, number, workspace, state, finished_at = row
    return NewestRun(
        project_id,
        tenant_id,
        from_micros_or_none(deleted_at),
        number or 0,
        workspace or "",
        state in ACTIVE,
        from_micros_or_none(finished_at),
    )
