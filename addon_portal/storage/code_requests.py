"""Requests to fetch a project's code with git, and what came of them."""

from datetime import datetime

from addon_portal.domain.code import Code
from addon_portal.domain.errors import NotFound
from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.ids import CodeRequestId, HostId
from addon_portal.domain.models import TenantScope
from addon_portal.storage.connection import Row
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import from_micros, from_micros_or_none, storable, to_micros
from addon_portal.storage.values import CodeRequest

_COLUMNS = """
    id, tenant_id, project_id, host_id, url, ref, requested_at, requested_by, completed_at, definition_version, problem
"""
_GET = f"SELECT {_COLUMNS} FROM code_requests WHERE id = :id AND tenant_id = :tenant_id"  # noqa: S608 - constants
_OPEN = f"""
    SELECT {_COLUMNS} FROM code_requests WHERE host_id = :host_id AND completed_at IS NULL
    ORDER BY requested_at, id LIMIT :limit
"""  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO code_requests (id, tenant_id, project_id, host_id, url, ref, requested_at, requested_by)
    SELECT :id, p.tenant_id, p.id, :host_id, :url, :ref, :requested_at, :requested_by
    FROM projects AS p WHERE p.id = :project_id AND p.tenant_id = :tenant_id AND p.deleted_at IS NULL
"""
_COMPLETE = """
    UPDATE code_requests SET completed_at = :at, definition_version = :version, problem = :problem
    WHERE id = :id AND completed_at IS NULL
"""


class CodeRequests(Repository):
    """A tenant's requests, and those that a host's supervisor has to carry out."""

    __slots__ = ()

    def insert(self, scope: TenantScope, request: CodeRequest) -> None:
        """Ask for code. The host's supervisor finds it with its next sweep: its wakes are for runs. Raises NotFound."""
        inserted = self._connection.change(
            _INSERT,
            {
                "id": request.id,
                "tenant_id": scope.tenant_id,
                "project_id": request.project_id,
                "host_id": request.host_id,
                "url": storable(request.source.url),
                "ref": storable(request.source.ref),
                "requested_at": to_micros(request.requested_at),
                "requested_by": storable(request.requested_by),
            },
        )
        if not inserted:
            raise NotFound("project", request.project_id)

    def get(self, scope: TenantScope, request_id: CodeRequestId) -> CodeRequest:
        """One request. Raises NotFound."""
        row = self._connection.one(_GET, {"id": storable(request_id), "tenant_id": scope.tenant_id})
        if row is None:
            raise NotFound("code_request", request_id)
        return _request_from_row(row)

    def list_open(self, host_id: HostId, limit: int) -> tuple[CodeRequest, ...]:
        """What was asked for and not done, oldest first."""
        rows = self._connection.all(_OPEN, {"host_id": host_id, "limit": limit})
        return tuple(_request_from_row(row) for row in rows)

    def fulfil(self, request: CodeRequest, code: Code, at: datetime) -> None:
        """Make what was fetched the project's code, unless that was done before. Raises NotFound."""
        scope = TenantScope(request.tenant_id)
        project = self._uow.projects.get_locked(scope, request.project_id)
        version = project.definition.version
        if project.definition.code != code:
            version = self._uow.projects.add_code(scope, project, code, at).version
        self._complete(request, at, version, None)

    def refuse(self, request: CodeRequest, problem: str, at: datetime) -> None:
        """Store why nothing came of it."""
        self._complete(request, at, None, problem)

    def _complete(self, request: CodeRequest, at: datetime, version: int | None, problem: str | None) -> None:
        parameters = {"id": request.id, "at": to_micros(at), "version": version}
        self._connection.change(_COMPLETE, {**parameters, "problem": problem and storable(problem)})
        self._uow.wake_api()


def _request_from_row(row: Row) -> CodeRequest:
    request_id, tenant_id, project_id, host_id, url, ref, requested_at, requested_by, *end = row
    completed_at, version, problem = end
    return CodeRequest(
        request_id,
        tenant_id,
        project_id,
        host_id,
        GitSource(url, ref),
        from_micros(requested_at),
        requested_by,
        from_micros_or_none(completed_at),
        version,
        problem,
    )
