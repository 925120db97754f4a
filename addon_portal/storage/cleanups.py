"""Requests to look at every run of a host now, and what came of them."""

from datetime import datetime, timedelta

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import CleanupId, HostId, new_cleanup_id
from addon_portal.domain.models import JsonObject
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_json, from_micros, from_micros_or_none, storable, to_json, to_micros
from addon_portal.storage.values import CleanupRequest

_SELECT = "SELECT id, host_id, requested_at, requested_by, completed_at, report FROM cleanups"
_OPEN = f"{_SELECT} WHERE host_id = :host_id AND completed_at IS NULL ORDER BY requested_at, id"
_INSERT = """
    INSERT INTO cleanups (id, host_id, requested_at, requested_by) VALUES (:id, :host_id, :requested_at, :requested_by)
"""
# Identifiers begin with when they were made, so the primary key finds the old ones.
_PRUNE = "DELETE FROM cleanups WHERE id < :before AND completed_at IS NOT NULL"
KEPT_FOR = timedelta(days=30)
"""How long a report can be read, from its request on."""
_COMPLETE = "UPDATE cleanups SET completed_at = :at, report = :report WHERE id = :id AND completed_at IS NULL"


class Cleanups(Repository):
    """Clean-up requests."""

    __slots__ = ()

    def insert(self, request: CleanupRequest) -> None:
        """Ask for a clean-up, and wake the host's supervisor. Reports that nobody will ask for any more go."""
        self._connection.change(_PRUNE, {"before": new_cleanup_id(request.requested_at - KEPT_FOR)})
        self._connection.change(
            _INSERT,
            {
                "id": request.id,
                "host_id": request.host_id,
                "requested_at": to_micros(request.requested_at),
                "requested_by": storable(request.requested_by),
            },
        )
        self._uow.wake_supervisor(request.host_id)

    def list_open(self, host_id: HostId) -> tuple[CleanupRequest, ...]:
        """What was asked for and not done, oldest first."""
        return tuple(_request_from_row(row) for row in self._connection.all(_OPEN, {"host_id": host_id}))

    def complete(self, cleanup_id: CleanupId, report: JsonObject, at: datetime) -> bool:
        """Store the report, and wake the api; False when there already is one."""
        parameters = {"id": cleanup_id, "report": to_json(report), "at": to_micros(at)}
        self._uow.wake_api()
        return self._connection.change(_COMPLETE, parameters) > 0

    def get(self, cleanup_id: CleanupId) -> CleanupRequest:
        """One request. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} WHERE id = :id", {"id": storable(cleanup_id)})
        if row is None:
            raise NotFound("cleanup", cleanup_id)
        return _request_from_row(row)


def _request_from_row(row: Row) -> CleanupRequest:
    cleanup_id, host_id, requested_at, requested_by, completed_at, report = row
    return CleanupRequest(
        cleanup_id,
        host_id,
        from_micros(requested_at),
        requested_by,
        from_micros_or_none(completed_at),
        from_json(report),
    )
