"""Projects and the versions of their definitions, each tenant's own.

A project is read together with its newest definition and its newest run in one statement. Deleting hides a project and
keeps everything that it ever ran.
"""

from dataclasses import replace
from datetime import datetime

from addon_portal.domain.code import Code
from addon_portal.domain.errors import ActiveRun, NameTaken, NotFound
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Definition, JsonObject, Project, TenantScope
from addon_portal.domain.project_lists import ALL_PROJECTS, ProjectFilter, ProjectSort
from addon_portal.domain.states import ACTIVE
from addon_portal.domain.terms import terms_to_json
from addon_portal.storage import project_lists
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.errors import DuplicateValue
from addon_portal.storage.project_lists import fold
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    DEFINITION_COLUMNS,
    columns,
    definition_from_row,
    from_json,
    from_micros,
    from_micros_or_none,
    run_columns,
    run_from_row,
    storable,
    to_json,
    to_micros,
)
from addon_portal.storage.scheduled_restarts import SCHEDULED_FIELDS, scheduled_columns, scheduled_from_row
from addon_portal.storage.values import NewProject, Page

_PROJECT_COLUMNS = "seq id tenant_id name created_at updated_at deleted_at restart_policy"
_PROJECT_WIDTH = len(_PROJECT_COLUMNS.split())
_DEFINITION_WIDTH = len(DEFINITION_COLUMNS.split())
_DEFINITION = columns("d", DEFINITION_COLUMNS)

_SCHEDULED_WIDTH = len(SCHEDULED_FIELDS)

_SELECT = f"""
    SELECT {columns("p", _PROJECT_COLUMNS)}, {_DEFINITION}, {scheduled_columns("s")}, {run_columns("r")}
    FROM projects AS p
    JOIN definitions AS d ON d.project_id = p.id AND d.version = p.definition_version
    LEFT JOIN scheduled_restarts AS s ON s.project_id = p.id
    LEFT JOIN runs AS r ON r.project_id = p.id
        AND r.number = (SELECT max(newest.number) FROM runs AS newest WHERE newest.project_id = p.id)
    WHERE p.tenant_id = :tenant_id AND p.deleted_at IS NULL
"""  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO projects (id, tenant_id, name, name_folded, definition_version, created_at, updated_at)
    VALUES (:id, :tenant_id, :name, :name_folded, 1, :created_at, :created_at)
    ON CONFLICT (tenant_id, name) WHERE deleted_at IS NULL DO NOTHING RETURNING seq
"""
_INSERT_DEFINITION = """
    INSERT INTO definitions (project_id, version, command, program_id, parameters, env, working_directory, stop_signal,
                             stop_grace_seconds, created_at, terms, code)
    VALUES (:project_id, :version, :command, :program_id, :parameters, :env, :working_directory, :stop_signal,
            :stop_grace_seconds, :created_at, :terms, :code)
"""
_NEXT_VERSION = """
    UPDATE projects SET definition_version = definition_version + 1, updated_at = :at
    WHERE id = :id AND tenant_id = :tenant_id AND deleted_at IS NULL
    RETURNING definition_version
"""
_GET_DEFINITION = f"""
    SELECT {_DEFINITION} FROM definitions AS d JOIN projects AS p ON p.id = d.project_id
    WHERE p.id = :id AND p.tenant_id = :tenant_id AND d.version = :version
"""  # noqa: S608 - made of constants
_RENAME = """
    UPDATE projects SET name = :name, name_folded = :name_folded, updated_at = :at
    WHERE id = :id AND tenant_id = :tenant_id AND deleted_at IS NULL
"""
_SET_RESTART_POLICY = """
    UPDATE projects SET restart_policy = :restart_policy, updated_at = :at
    WHERE id = :id AND tenant_id = :tenant_id AND deleted_at IS NULL
"""
_NAMESAKE = """
    SELECT 1 FROM projects WHERE tenant_id = :tenant_id AND name = :name AND deleted_at IS NULL AND id <> :id
"""
_DELETE = """
    UPDATE projects SET deleted_at = :at, updated_at = :at
    WHERE id = :id AND tenant_id = :tenant_id AND deleted_at IS NULL
"""
_EXISTS = "SELECT 1 FROM projects WHERE id = :id AND tenant_id = :tenant_id AND deleted_at IS NULL"
_EXISTED = "SELECT 1 FROM projects WHERE id = :id AND tenant_id = :tenant_id"
_NOT_BEFORE_VERSION = """
    UPDATE projects SET definition_version = :version
    WHERE id = :id AND tenant_id = :tenant_id AND definition_version < :version
"""
_ACTIVE_RUN = f"SELECT id FROM runs WHERE project_id = :id AND state IN ({quoted(ACTIVE)})"  # noqa: S608


class Projects(Repository):
    """One tenant's projects, for whoever holds its scope. Deleted ones are not found."""

    __slots__ = ()

    def insert(self, scope: TenantScope, new: NewProject) -> Project:
        """Add a project with version 1 of its definition. Raises NameTaken."""
        created_at = to_micros(new.created_at)
        added = self._connection.one(
            _INSERT,
            {
                "id": new.id,
                "tenant_id": scope.tenant_id,
                "name": storable(new.name),
                "name_folded": fold(new.name),
                "created_at": created_at,
            },
        )
        if added is None:
            raise NameTaken("project", new.name)
        self._insert_definition(new.id, 1, new.definition)
        return self.get(scope, new.id)

    def _insert_definition(self, project_id: ProjectId, version: int, definition: Definition) -> None:
        terms = terms_to_json(definition.terms)
        self._connection.change(
            _INSERT_DEFINITION,
            {
                "project_id": project_id,
                "version": version,
                "command": None if definition.command is None else to_json(list(definition.command)),
                "program_id": definition.program_id,
                "parameters": to_json(definition.parameters),
                "env": to_json(definition.env),
                "working_directory": definition.working_directory and storable(definition.working_directory),
                "stop_signal": definition.stop.signal,
                "stop_grace_seconds": definition.stop.grace_seconds,
                "created_at": to_micros(definition.created_at),
                "terms": terms and to_json(terms),
                "code": None if definition.code is None else to_json(definition.code.to_record()),
            },
        )

    def get(self, scope: TenantScope, project_id: ProjectId) -> Project:
        """One project with its definition and newest run. Raises NotFound."""
        project = self.find(scope, project_id)
        if project is None:
            raise NotFound("project", project_id)
        return project

    def find(self, scope: TenantScope, project_id: ProjectId) -> Project | None:
        """As `get`; None where there is none, or none any more."""
        row = self._connection.one(f"{_SELECT} AND p.id = :id", _of(scope, project_id))
        return None if row is None else _project_from_row(row)

    def lock(self, scope: TenantScope, project_id: ProjectId) -> None:
        """Let nobody else add a run until this writing transaction ends. Raises NotFound.

        Call it before looking at the newest run and deciding; what was seen then still holds at the insertion.
        """
        self._uow.database.lock_project(self._connection, scope.tenant_id, storable(project_id))
        if self._connection.one(_EXISTS, _of(scope, project_id)) is None:
            raise NotFound("project", project_id)

    def get_locked(self, scope: TenantScope, project_id: ProjectId) -> Project:
        """As `find_locked`. Raises NotFound."""
        project = self.find_locked(scope, project_id)
        if project is None:
            raise NotFound("project", project_id)
        return project

    def find_locked(self, scope: TenantScope, project_id: ProjectId) -> Project | None:
        """As `lock` and then `find`, without looking twice."""
        self._uow.database.lock_project(self._connection, scope.tenant_id, storable(project_id))
        return self.find(scope, project_id)

    def find_by_name(self, scope: TenantScope, name: str) -> Project | None:
        """The project of that name."""
        row = self._connection.one(
            f"{_SELECT} AND p.name = :name", {"tenant_id": scope.tenant_id, "name": storable(name)}
        )
        return None if row is None else _project_from_row(row)

    def list_page(
        self,
        scope: TenantScope,
        *,
        limit: int,
        cursor: str | None = None,
        wanted: ProjectFilter = ALL_PROJECTS,
        sort: ProjectSort = ProjectSort.CREATED,
    ) -> Page[Project]:
        """Projects with their newest runs. Raises InvalidRequest for a cursor that is malformed or of another order."""
        statement = project_lists.page_of(_SELECT, self._uow.database.dialect, scope, wanted, sort, limit, cursor)
        rows = self._connection.all(*statement)
        items = tuple(_project_from_row(row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(items, project_lists.cursor_behind(sort, rows[limit - 1][0], items[-1]) if more else None)

    def add_definition(self, scope: TenantScope, project_id: ProjectId, definition: Definition) -> Definition:
        """Add the next version, which new runs use from now on; its `version` is given here. Raises NotFound."""
        row = self._connection.one(_NEXT_VERSION, _of(scope, project_id) | {"at": to_micros(definition.created_at)})
        if row is None:
            raise NotFound("project", project_id)
        self._insert_definition(project_id, row[0], definition)
        return self.get_definition(scope, project_id, row[0])

    def add_code(self, scope: TenantScope, project: Project, code: Code, at: datetime) -> Definition:
        """Add the next version of a project that was locked, the same with other code. Raises NotFound."""
        return self.add_definition(scope, project.id, replace(project.definition, code=code, created_at=at))

    def get_definition(self, scope: TenantScope, project_id: ProjectId, version: int) -> Definition:
        """One version; also of a deleted project, since its runs can still be read. Raises NotFound."""
        row = self._connection.one(_GET_DEFINITION, _of(scope, project_id) | {"version": version})
        if row is None:
            raise NotFound("definition", f"{project_id} version {version}")
        return definition_from_row(row)

    def exists(self, scope: TenantScope, project_id: ProjectId) -> bool:
        """Whether there is such a project, deleted or not."""
        return self._connection.one(_EXISTED, _of(scope, project_id)) is not None

    def restore_definition(self, scope: TenantScope, project_id: ProjectId, definition: Definition) -> None:
        """Add a version that a run has and the database has lost; what is there stays as it is."""
        try:
            self.get_definition(scope, project_id, definition.version)
        except NotFound:
            self._insert_definition(project_id, definition.version, definition)
            parameters = _of(scope, project_id) | {"version": definition.version}
            self._connection.change(_NOT_BEFORE_VERSION, parameters)

    def rename(self, scope: TenantScope, project_id: ProjectId, name: str, at: datetime) -> None:
        """Give the project another name. Raises NotFound, NameTaken."""
        parameters = _of(scope, project_id) | {"name": storable(name), "name_folded": fold(name), "at": to_micros(at)}
        if self._connection.one(_NAMESAKE, {key: parameters[key] for key in ("tenant_id", "name", "id")}):
            raise NameTaken("project", name)
        try:
            changed = self._connection.change(_RENAME, parameters)
        except DuplicateValue as error:
            # Somebody else took the name between the look and the change.
            raise NameTaken("project", name) from error
        if not changed:
            raise NotFound("project", project_id)

    def set_restart_policy(
        self, scope: TenantScope, project_id: ProjectId, policy: JsonObject | None, at: datetime
    ) -> None:
        """Say what is done about runs that end from now on; None does nothing. Raises NotFound."""
        parameters = {"restart_policy": None if policy is None else to_json(policy), "at": to_micros(at)}
        if not self._connection.change(_SET_RESTART_POLICY, _of(scope, project_id) | parameters):
            raise NotFound("project", project_id)

    def soft_delete(self, scope: TenantScope, project_id: ProjectId, at: datetime) -> None:
        """Hide the project; its runs stay readable by their own identifiers. Raises NotFound, ActiveRun."""
        self.lock(scope, project_id)
        active = self._connection.one(_ACTIVE_RUN, {"id": project_id})
        if active is not None:
            raise ActiveRun(active[0])
        self._connection.change(_DELETE, _of(scope, project_id) | {"at": to_micros(at)})


def _of(scope: TenantScope, project_id: ProjectId) -> dict[str, object]:
    return {"tenant_id": scope.tenant_id, "id": storable(project_id)}


def _project_from_row(row: Row) -> Project:
    _, project_id, tenant_id, name, created_at, updated_at, deleted_at, restart_policy = row[:_PROJECT_WIDTH]
    scheduled_at = _PROJECT_WIDTH + _DEFINITION_WIDTH
    run_at = scheduled_at + _SCHEDULED_WIDTH
    scheduled, run = row[scheduled_at:run_at], row[run_at:]
    return Project(
        project_id,
        tenant_id,
        name,
        from_micros(created_at),
        from_micros(updated_at),
        definition_from_row(row[_PROJECT_WIDTH:scheduled_at]),
        None if run[0] is None else run_from_row(run),
        from_micros_or_none(deleted_at),
        None if scheduled[0] is None else scheduled_from_row(scheduled),
        from_json(restart_policy),
    )
