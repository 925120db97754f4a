"""Runs as their tenant sees them: adding one, reading one, and lists."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.storage import cursors, run_insertion
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import run_columns, run_from_row, storable, to_micros
from addon_portal.storage.values import NewRun, Page

_SELECT = f"SELECT {run_columns('r')} FROM runs AS r WHERE r.tenant_id = :tenant_id"  # noqa: S608 - made of constants
_GET = f"{_SELECT} AND r.id = :run_id"
_LATEST = f"{_SELECT} AND r.project_id = :project_id ORDER BY r.number DESC LIMIT 1"


class Runs(Repository):
    """One tenant's runs, for whoever holds its scope."""

    __slots__ = ()

    def insert(self, scope: TenantScope, new: NewRun) -> Run:
        """Add a pending run with its journal row, and wake its host's supervisor.

        Raises AlreadyRestarted or AlreadyRunning with the run that is in the way, NotFound for the project or the
        predecessor. Looking first is a courtesy; this decides.
        """
        return run_insertion.insert(self._uow, scope, new)

    def get(self, scope: TenantScope, run_id: RunId) -> Run:
        """One run. Raises NotFound."""
        row = self._connection.one(_GET, {"tenant_id": scope.tenant_id, "run_id": storable(run_id)})
        if row is None:
            raise NotFound("run", run_id)
        return run_from_row(row)

    def latest(self, scope: TenantScope, project_id: ProjectId) -> Run | None:
        """The newest run of a project; None before the first. In a write, `projects.lock` first."""
        row = self._connection.one(_LATEST, {"tenant_id": scope.tenant_id, "project_id": storable(project_id)})
        return None if row is None else run_from_row(row)

    def list_page(
        self,
        scope: TenantScope,
        *,
        limit: int,
        cursor: str | None = None,
        project_id: ProjectId | None = None,
        states: Collection[RunState] = (),
        reasons: Collection[Reason] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Run]:
        """Runs, newest first; empty collections and None do not filter. `since <= requested_at < until`.

        Raises InvalidRequest for a malformed cursor.
        """
        filters: dict[str, object] = {}
        before = cursors.decode("runs", cursor)
        if before is not None:
            filters["before"] = before
        if project_id is not None:
            filters["project_id"] = storable(project_id)
        if states:
            filters["states"] = [state.value for state in states]
        if reasons:
            filters["reasons"] = [reason.value for reason in reasons]
        if since is not None:
            filters["since"] = to_micros(since)
        if until is not None:
            filters["until"] = to_micros(until)
        rows = self._connection.all(
            _page_statement(tuple(filters)), filters | {"tenant_id": scope.tenant_id, "limit": limit + 1}
        )
        items = tuple(run_from_row(row) for row in rows[:limit])
        return Page(items, cursors.encode("runs", items[-1].seq) if len(rows) > limit else None)


_FILTERS = {
    "before": "r.seq < :before",
    "project_id": "r.project_id = :project_id",
    "states": "r.state IN (:states...)",
    "reasons": "r.reason IN (:reasons...)",
    "since": "r.requested_at >= :since",
    "until": "r.requested_at < :until",
}


@lru_cache(maxsize=64)
def _page_statement(filters: tuple[str, ...]) -> str:
    conditions = "".join(f" AND {_FILTERS[name]}" for name in filters)
    return f"{_SELECT}{conditions} ORDER BY r.seq DESC LIMIT :limit"
