"""Runs as their tenant sees them: adding one, reading one, and lists."""

from collections.abc import Collection
from datetime import datetime

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import RunState
from addon_portal.storage import run_insertion, run_lists
from addon_portal.storage.launches import LAUNCH, launch_facts_from_row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import run_columns, run_from_row, storable
from addon_portal.storage.values import NewRun, Page

_SELECT = f"SELECT {run_columns('r')} FROM runs AS r WHERE r.tenant_id = :tenant_id"  # noqa: S608 - made of constants
_GET = f"{_SELECT} AND r.id = :run_id"
_GET_LAUNCH = f"{LAUNCH} WHERE r.tenant_id = :tenant_id AND r.id = :run_id"
_LIST_LAUNCHES = f"{LAUNCH} WHERE r.tenant_id = :tenant_id AND r.id IN (:run_ids...)"
_LATEST = f"{_SELECT} AND r.project_id = :project_id ORDER BY r.number DESC LIMIT 1"


class Runs(Repository):
    """One tenant's runs, for whoever holds its scope."""

    __slots__ = ()

    def insert(self, scope: TenantScope, new: NewRun, cause: str | None = None) -> Run:
        """Add a pending run with its journal row, and wake its host's supervisor.

        Raises AlreadyRestarted or AlreadyRunning with the run that is in the way, NotFound for the project or the
        predecessor. Looking first is a courtesy; this decides. The journal's `cause` is by default `run` or `restart`.
        """
        return run_insertion.insert(self._uow, scope, new, cause)

    def get(self, scope: TenantScope, run_id: RunId) -> Run:
        """One run. Raises NotFound."""
        row = self._connection.one(_GET, {"tenant_id": scope.tenant_id, "run_id": storable(run_id)})
        if row is None:
            raise NotFound("run", run_id)
        return run_from_row(row)

    def get_launch(self, scope: TenantScope, run_id: RunId) -> LaunchFacts:
        """One run with all that it was made from. Raises NotFound."""
        row = self._connection.one(_GET_LAUNCH, {"tenant_id": scope.tenant_id, "run_id": storable(run_id)})
        if row is None:
            raise NotFound("run", run_id)
        return launch_facts_from_row(row)

    def list_launches(self, scope: TenantScope, run_ids: Collection[RunId]) -> list[LaunchFacts]:
        """Those of these runs that there are, with all that they were made from, in one statement."""
        wanted = sorted({storable(run_id) for run_id in run_ids})
        rows = self._connection.all(_LIST_LAUNCHES, {"tenant_id": scope.tenant_id, "run_ids": wanted}) if wanted else ()
        return [launch_facts_from_row(row) for row in rows]

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
        finished_since: datetime | None = None,
        finished_until: datetime | None = None,
    ) -> Page[Run]:
        """Runs, newest first; empty collections and None do not filter. `since <= requested_at < until`.

        With `finished_since <= finished_at < finished_until` those that became final then, the last first. A cursor
        goes with the filters it was given for. Raises InvalidRequest for a malformed one.
        """
        return run_lists.list_page(
            self._connection,
            scope,
            limit=limit,
            cursor=cursor,
            project_id=project_id,
            states=states,
            reasons=reasons,
            since=since,
            until=until,
            finished_since=finished_since,
            finished_until=finished_until,
        )
