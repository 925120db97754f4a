"""What stands around a run when it is shown: its project, if that may be restarted, its host, its place in the queue.

Takes runs that its caller was allowed to read, or the caller's scope, and tells nothing of any other. One statement
for one run, three for a page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, RunId, TenantId
from addon_portal.domain.models import Run, ScheduledRestart, TenantScope
from addon_portal.domain.restarts import Obstacle
from addon_portal.domain.states import RunState
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_micros_or_none, run_columns, run_from_row, storable
from addon_portal.storage.scheduled_restarts import SCHEDULED_FIELDS, scheduled_columns, scheduled_from_row

_NEWEST = "(SELECT r.id FROM runs AS r WHERE r.project_id = p.id ORDER BY r.number DESC LIMIT 1)"
_BARRED = f"""
    CASE WHEN p.deleted_at IS NOT NULL THEN '{Obstacle.PROJECT_DELETED}'
    WHEN EXISTS (SELECT 1 FROM tenants AS t WHERE t.id = p.tenant_id AND t.may_run_own_commands) THEN NULL
    WHEN (SELECT d.command IS NOT NULL FROM runs AS r JOIN definitions AS d
              ON d.project_id = r.project_id AND d.version = r.definition_version
          WHERE r.project_id = p.id ORDER BY r.number DESC LIMIT 1) THEN '{Obstacle.OWN_COMMAND_FORBIDDEN}'
    END
"""  # noqa: S608 - made of constants
_POSITION = """
    (SELECT count(*) FROM runs AS q
     WHERE q.host_id = :host_id AND q.tenant_id = :tenant_id
       AND q.finished_at IS NULL AND q.state = 'pending' AND q.seq <= :seq)
"""
_SCHEDULED = scheduled_columns("s")
_AROUND = f"""
    SELECT p.name, {_NEWEST}, {_BARRED}, h.name, h.observed_at, h.drained_at, h.drained_by, {{position}}, {_SCHEDULED}
    FROM projects AS p JOIN hosts AS h ON h.id = :host_id
    LEFT JOIN scheduled_restarts AS s ON s.restart_of = :run_id
    WHERE p.id = :project_id
"""  # noqa: S608 - made of constants
_OF_ONE = _AROUND.format(position="NULL")
_OF_PENDING = _AROUND.format(position=_POSITION)
SHOWN_COLUMNS = f"""
    p.name, {_NEWEST}, {_BARRED}, h.name, h.observed_at, h.drained_at, h.drained_by,
    CASE r.state WHEN 'pending' THEN
        (SELECT count(*) FROM runs AS q
         WHERE q.host_id = r.host_id AND q.tenant_id = r.tenant_id
           AND q.finished_at IS NULL AND q.state = 'pending' AND q.seq <= r.seq)
    END,
    {_SCHEDULED}, {run_columns("r")}
"""  # noqa: S608 - made of constants
"""What `shown_from_row` reads: a run `r`, its project `p`, its host `h` and the restart `s` that is to follow it."""
_WITH_RUN = f"""
    SELECT {SHOWN_COLUMNS}
    FROM runs AS r JOIN projects AS p ON p.id = r.project_id JOIN hosts AS h ON h.id = r.host_id
    LEFT JOIN scheduled_restarts AS s ON s.restart_of = r.id
    WHERE r.id = :run_id AND r.tenant_id = :tenant_id
"""  # noqa: S608 - made of constants
_PROJECTS = f"""
    SELECT p.id, p.name, {_NEWEST}, {_BARRED}, {_SCHEDULED}
    FROM projects AS p LEFT JOIN scheduled_restarts AS s ON s.project_id = p.id WHERE p.id IN (:project_ids...)
"""  # noqa: S608 - made of constants
_HOSTS = "SELECT id, name, observed_at, drained_at, drained_by FROM hosts WHERE id IN (:host_ids...)"
_QUEUE = """
    SELECT host_id, tenant_id, id FROM runs
    WHERE host_id IN (:host_ids...) AND tenant_id IN (:tenant_ids...) AND finished_at IS NULL AND state = 'pending'
    ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class RunSurroundings:
    """`observed_at` is when the last complete sweep of the run's host began; `queue_position` counts the
    tenant's own pending runs there, from 1: of others nobody learns how many wait.

    `newest_run_id` is that of the project, `barred` what stands against restarting anything of it: it is deleted, or
    its tenant may no longer run what that run ran. `scheduled_restart` is the one that is to follow this run;
    `drained_at` says since when nothing is started there.
    """

    project_name: str
    newest_run_id: RunId | None
    barred: Obstacle | None
    host_name: str
    observed_at: datetime | None
    queue_position: int | None
    scheduled_restart: ScheduledRestart | None = None
    drained_at: datetime | None = None
    drained_by: str | None = None


class Surroundings(Repository):
    """What stands around runs."""

    __slots__ = ()

    def get_run(self, scope: TenantScope, run_id: RunId) -> tuple[Run, RunSurroundings]:
        """One run with what stands around it, in one statement. Raises NotFound."""
        row = self._connection.one(_WITH_RUN, {"run_id": storable(run_id), "tenant_id": scope.tenant_id})
        if row is None:
            raise NotFound("run", run_id)
        return shown_from_row(row)

    def of_run(self, run: Run) -> RunSurroundings:
        """What stands around one run."""
        parameters: dict[str, object] = {"project_id": run.project_id, "host_id": run.host_id, "run_id": run.id}
        sql = _OF_ONE
        if run.state is RunState.PENDING:
            sql = _OF_PENDING
            parameters |= {"seq": run.seq, "tenant_id": run.tenant_id}
        row = self._connection.one(sql, parameters)
        assert row is not None, "foreign keys promise project and host"
        return _surroundings_from_row(row)

    def of_runs(self, runs: Sequence[Run]) -> list[RunSurroundings]:
        """What stands around each run of a page, in its order."""
        if not runs:
            return []
        projects = {
            row[0]: (row[1], row[2], _obstacle(row[3]), _scheduled_from(row[4:]))
            for row in self._connection.all(_PROJECTS, {"project_ids": sorted({run.project_id for run in runs})})
        }
        hosts = sorted({run.host_id for run in runs})
        hosts_by_id = {row[0]: row[1:] for row in self._connection.all(_HOSTS, {"host_ids": hosts})}
        places = self._places([run for run in runs if run.state is RunState.PENDING])
        found = []
        for run in runs:
            name, newest_run_id, barred, scheduled = projects[run.project_id]
            follows = scheduled if scheduled is not None and scheduled.restart_of == run.id else None
            host_name, observed_at, drained_at, drained_by = hosts_by_id[run.host_id]
            around = (from_micros_or_none(observed_at), places.get(run.id), follows)
            drain = (from_micros_or_none(drained_at), drained_by)
            found.append(RunSurroundings(name, newest_run_id, barred, host_name, *around, *drain))
        return found

    def observed_at(self, host_id: HostId) -> datetime | None:
        """When the last complete sweep of a host began."""
        row = self._connection.one(_HOSTS, {"host_ids": [host_id]})
        return None if row is None else from_micros_or_none(row[2])

    def _places(self, waiting: Sequence[Run]) -> dict[RunId, int]:
        if not waiting:
            return {}
        hosts, tenants = ({run.host_id for run in waiting}, {run.tenant_id for run in waiting})
        parameters: dict[str, object] = {"host_ids": sorted(hosts), "tenant_ids": sorted(tenants)}
        places: dict[RunId, int] = {}
        counts: Counter[tuple[HostId, TenantId]] = Counter()
        for host_id, tenant_id, run_id in self._connection.all(_QUEUE, parameters):
            counts[host_id, tenant_id] += 1
            places[run_id] = counts[host_id, tenant_id]
        return places


_SURROUNDINGS_WIDTH = 8 + len(SCHEDULED_FIELDS)


def _surroundings_from_row(row: Row) -> RunSurroundings:
    name, newest_run_id, barred, host_name, observed_at, drained_at, drained_by, position = row[:8]
    around = (from_micros_or_none(observed_at), position, _scheduled_from(row[8:]))
    drain = (from_micros_or_none(drained_at), drained_by)
    return RunSurroundings(name, newest_run_id, _obstacle(barred), host_name, *around, *drain)


def _obstacle(word: str | None) -> Obstacle | None:
    return None if word is None else Obstacle(word)


def _scheduled_from(row: Row) -> ScheduledRestart | None:
    return None if row[0] is None else scheduled_from_row(row)


def shown_from_row(row: Row) -> tuple[Run, RunSurroundings]:
    """The run in the columns of `SHOWN_COLUMNS` with what stands around it."""
    return run_from_row(row[_SURROUNDINGS_WIDTH:]), _surroundings_from_row(row[:_SURROUNDINGS_WIDTH])
