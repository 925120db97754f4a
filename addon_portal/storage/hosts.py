"""Hosts and when each was last looked at."""

from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId
from addon_portal.domain.models import Host
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_micros_or_none, storable, to_micros, to_micros_or_none
from addon_portal.storage.values import Awaiting

_SELECT = """
    SELECT id, name, boot_id, observed_at, supervisor_pid, max_concurrent_runs, drained_at, drained_by FROM hosts
"""
_UPSERT = """
    INSERT INTO hosts (id, name, boot_id, observed_at, supervisor_pid, max_concurrent_runs)
    VALUES (:id, :name, :boot_id, :observed_at, :supervisor_pid, :max_concurrent_runs)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, boot_id = excluded.boot_id, observed_at = excluded.observed_at,
        supervisor_pid = excluded.supervisor_pid, max_concurrent_runs = excluded.max_concurrent_runs
"""
_INSERT_IF_MISSING = "INSERT INTO hosts (id, name) VALUES (:id, :name) ON CONFLICT (id) DO NOTHING"
_DRAIN = "UPDATE hosts SET drained_at = :at, drained_by = :by WHERE id = :id AND drained_at IS NULL"
_END_DRAIN = "UPDATE hosts SET drained_at = NULL, drained_by = NULL WHERE id = :id"
_OBSERVED = """
    UPDATE hosts SET observed_at = :observed_at, boot_id = :boot_id, supervisor_pid = :pid,
        max_concurrent_runs = :max_concurrent_runs
    WHERE id = :id
    RETURNING
        (SELECT b.seq FROM bulk_restarts AS b WHERE b.host_id = :id AND b.finished_at IS NULL LIMIT 1),
        (SELECT e.id FROM retentions AS e WHERE e.host_id = :id AND e.completed_at IS NULL LIMIT 1),
        (SELECT min(p.next_at) FROM schedules AS p WHERE p.host_id = :id AND p.next_at IS NOT NULL),
        (SELECT min(q.queued_for) FROM schedules AS q WHERE q.host_id = :id AND q.queued_for IS NOT NULL)
"""


class Hosts(Repository):
    """The machines with a supervisor."""

    __slots__ = ()

    def upsert(self, host: Host) -> None:
        """Add a host, or replace everything that is known of it but a drain, which stays."""
        self._connection.change(
            _UPSERT,
            {
                "id": host.id,
                "name": storable(host.name),
                "boot_id": host.boot_id,
                "observed_at": to_micros_or_none(host.observed_at),
                "supervisor_pid": host.supervisor_pid,
                "max_concurrent_runs": host.max_concurrent_runs,
            },
        )

    def insert_if_missing(self, host_id: HostId, name: str) -> None:
        """Add a host that nobody has looked at yet; one that is known stays as it is, whoever else adds it now."""
        self._connection.change(_INSERT_IF_MISSING, {"id": host_id, "name": storable(name)})

    def get(self, host_id: HostId) -> Host:
        """One host. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} WHERE id = :id", {"id": storable(host_id)})
        if row is None:
            raise NotFound("host", host_id)
        return _host_from_row(row)

    def list(self) -> tuple[Host, ...]:
        """Every host, by identifier."""
        return tuple(_host_from_row(row) for row in self._connection.all(f"{_SELECT} ORDER BY id"))

    def drain(self, host_id: HostId, at: datetime, by: str) -> None:
        """Have nothing started there any more; a drain that goes on already stays as it is."""
        self._connection.change(_DRAIN, {"id": host_id, "at": to_micros(at), "by": storable(by)})
        self._uow.wake_api()

    def end_drain(self, host_id: HostId) -> None:
        """Have what waits there started again, and wake its supervisor."""
        self._connection.change(_END_DRAIN, {"id": host_id})
        self._uow.wake_supervisor(host_id)
        self._uow.wake_api()

    def record_observed(
        self, host_id: HostId, observed_at: datetime, boot_id: str, pid: int, max_concurrent_runs: int | None = None
    ) -> Awaiting:
        """A complete sweep began at `observed_at`, by a supervisor with this limit. Not journalled. Raises NotFound.

        Returns what waits for that supervisor, so that asking for it costs no statement of its own.
        """
        parameters = {
            "id": host_id,
            "observed_at": to_micros(observed_at),
            "boot_id": boot_id,
            "pid": pid,
            "max_concurrent_runs": max_concurrent_runs,
        }
        row = self._connection.one(_OBSERVED, parameters)
        if row is None:
            raise NotFound("host", host_id)
        bulk_restart, retention, schedule_at, queued_for = row
        return Awaiting(
            bulk_restart=bulk_restart is not None,
            retention=retention is not None,
            schedule_at=from_micros_or_none(schedule_at),
            queued_schedule=queued_for is not None,
        )


def _host_from_row(row: Row) -> Host:
    host_id, name, boot_id, observed_at, supervisor_pid, max_concurrent_runs, drained_at, drained_by = row
    return Host(
        host_id,
        name,
        boot_id,
        from_micros_or_none(observed_at),
        supervisor_pid,
        max_concurrent_runs,
        from_micros_or_none(drained_at),
        drained_by,
    )
