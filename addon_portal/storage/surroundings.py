"""What stands around a run when it is shown: its project's name and newest run, its host, its place in the queue.

Takes runs that its caller was allowed to read, or the caller's scope, and tells nothing of any other. One statement
for one run, three for a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, RunId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.states import ACTIVE, RunState
from addon_portal.storage.connection import quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_micros_or_none, run_columns, run_from_row, storable

_NEWEST = "(SELECT r.id FROM runs AS r WHERE r.project_id = p.id ORDER BY r.number DESC LIMIT 1)"
_POSITION = """
    (SELECT count(*) FROM runs AS q
     WHERE q.host_id = :host_id AND q.finished_at IS NULL AND q.state = 'pending' AND q.seq <= :seq)
"""
_AROUND = f"""
    SELECT p.name, {_NEWEST}, h.observed_at, {{position}}
    FROM projects AS p, hosts AS h WHERE p.id = :project_id AND h.id = :host_id
"""  # noqa: S608 - made of constants
_OF_ONE = _AROUND.format(position="NULL")
_OF_PENDING = _AROUND.format(position=_POSITION)
_WITH_RUN = f"""
    SELECT p.name, {_NEWEST}, h.observed_at,
           CASE r.state WHEN 'pending' THEN
               (SELECT count(*) FROM runs AS q
                WHERE q.host_id = r.host_id AND q.finished_at IS NULL AND q.state = 'pending' AND q.seq <= r.seq)
           END,
           {run_columns("r")}
    FROM runs AS r JOIN projects AS p ON p.id = r.project_id JOIN hosts AS h ON h.id = r.host_id
    WHERE r.id = :run_id AND r.tenant_id = :tenant_id
"""  # noqa: S608 - made of constants
_PROJECTS = f"SELECT p.id, p.name, {_NEWEST} FROM projects AS p WHERE p.id IN (:project_ids...)"  # noqa: S608
_HOSTS = "SELECT id, observed_at FROM hosts WHERE id IN (:host_ids...)"
_QUEUE = """
    SELECT host_id, id FROM runs WHERE host_id IN (:host_ids...) AND finished_at IS NULL AND state = 'pending'
    ORDER BY host_id, seq
"""


_ACTIVE = f"""
    SELECT state, count(*) FROM runs WHERE tenant_id = :tenant_id AND state IN ({quoted(ACTIVE)}) GROUP BY state
"""  # noqa: S608 - made of constants
_LIVE_PROJECTS = "SELECT count(*) FROM projects WHERE tenant_id = :tenant_id AND deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class RunSurroundings:
    """`observed_at` is when the last complete sweep of the run's host began; `queue_position` counts from 1."""

    project_name: str
    latest_run_id: RunId
    observed_at: datetime | None
    queue_position: int | None


class Surroundings(Repository):
    """What stands around runs."""

    __slots__ = ()

    def get_run(self, scope: TenantScope, run_id: RunId) -> tuple[Run, RunSurroundings]:
        """One run with what stands around it, in one statement. Raises NotFound."""
        row = self._connection.one(_WITH_RUN, {"run_id": storable(run_id), "tenant_id": scope.tenant_id})
        if row is None:
            raise NotFound("run", run_id)
        return run_from_row(row[4:]), RunSurroundings(row[0], row[1], from_micros_or_none(row[2]), row[3])

    def of_run(self, run: Run) -> RunSurroundings:
        """What stands around one run."""
        parameters: dict[str, object] = {"project_id": run.project_id, "host_id": run.host_id}
        sql = _OF_ONE
        if run.state is RunState.PENDING:
            sql, parameters["seq"] = _OF_PENDING, run.seq
        row = self._connection.one(sql, parameters)
        assert row is not None, "foreign keys promise project and host"
        return RunSurroundings(row[0], row[1], from_micros_or_none(row[2]), row[3])

    def of_runs(self, runs: Sequence[Run]) -> list[RunSurroundings]:
        """What stands around each run of a page, in its order."""
        if not runs:
            return []
        projects = {
            row[0]: (row[1], row[2])
            for row in self._connection.all(_PROJECTS, {"project_ids": sorted({run.project_id for run in runs})})
        }
        hosts = sorted({run.host_id for run in runs})
        observed = {row[0]: from_micros_or_none(row[1]) for row in self._connection.all(_HOSTS, {"host_ids": hosts})}
        places = self._places(sorted({run.host_id for run in runs if run.state is RunState.PENDING}))
        return [
            RunSurroundings(*projects[run.project_id], observed.get(run.host_id), places.get(run.id)) for run in runs
        ]

    def observed_at(self, host_id: HostId) -> datetime | None:
        """When the last complete sweep of a host began."""
        row = self._connection.one(_HOSTS, {"host_ids": [host_id]})
        return None if row is None else from_micros_or_none(row[1])

    def count_active(self, scope: TenantScope) -> dict[RunState, int]:
        """How many of the tenant's runs are in each active state."""
        rows = self._connection.all(_ACTIVE, {"tenant_id": scope.tenant_id})
        found = {row[0]: row[1] for row in rows}
        return {state: found.get(state.value, 0) for state in RunState if state in ACTIVE}

    def count_projects(self, scope: TenantScope) -> int:
        """How many projects the tenant has."""
        row = self._connection.one(_LIVE_PROJECTS, {"tenant_id": scope.tenant_id})
        return row[0] if row else 0

    def _places(self, hosts: Sequence[HostId]) -> dict[RunId, int]:
        if not hosts:
            return {}
        places: dict[RunId, int] = {}
        place, of_host = 0, None
        for host_id, run_id in self._connection.all(_QUEUE, {"host_ids": hosts}):
            place = place + 1 if host_id == of_host else 1
            places[run_id], of_host = place, host_id
        return places
