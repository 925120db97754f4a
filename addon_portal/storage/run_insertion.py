"""Adding a run, and saying rightly why it may not be added.

Two unique indexes decide, not a look beforehand: one active run per project, one restart per run. Only when an
insertion was refused are the runs looked up that stand in its way.
"""

from typing import TYPE_CHECKING

from addon_portal.domain.errors import AlreadyRestarted, AlreadyRunning, NotFound
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Run, TenantScope
from addon_portal.domain.states import ACTIVE, RunState
from addon_portal.storage.connection import Row, quoted
from addon_portal.storage.errors import ConstraintViolated
from addon_portal.storage.journal import NewEntry
from addon_portal.storage.rows import RUN_FIELDS, storable, to_column, to_json, to_micros
from addon_portal.storage.values import NewRun

if TYPE_CHECKING:
    from addon_portal.storage.unit_of_work import UnitOfWork


def _statement(values: dict[str, str], condition: str) -> str:
    """An insertion whose tenant, number and chain are those of the project and of the run before."""
    return f"""
        INSERT INTO runs (tenant_id, number, root_run, restart_count, {", ".join(values)})
        SELECT p.tenant_id,
               coalesce((SELECT max(earlier.number) FROM runs AS earlier WHERE earlier.project_id = p.id), 0) + 1,
               coalesce(before.root_run, before.id),
               coalesce(before.restart_count + 1, 0),
               {", ".join(values.values())}
        FROM projects AS p
        LEFT JOIN runs AS before ON before.id = :restart_of AND before.project_id = p.id
        WHERE p.id = :project_id AND p.tenant_id = :tenant_id AND {condition}
        ON CONFLICT DO NOTHING
        RETURNING seq, number, root_run, restart_count
    """  # noqa: S608 - made of constants


_NEW_COLUMNS = [
    *("id", "project_id", "definition_version", "host_id", "requested_at", "requested_by"),
    *("parameters", "env", "note", "workspace", "waiting_for"),
]
_NEW = _statement(
    {name: f":{name}" for name in _NEW_COLUMNS} | {"state": "'pending'", "conditions": "''", "restart_of": "before.id"},
    "p.deleted_at IS NULL AND (CAST(:restart_of AS text) IS NULL OR before.id IS NOT NULL)",
)

_DERIVED = {"seq", "tenant_id", "number", "root_run", "restart_count", "restarted_by", "restart_of"}
_FOUND_COLUMNS = [name for name in RUN_FIELDS if name not in _DERIVED]
_FOUND = _statement(
    {name: f":{name}" for name in _FOUND_COLUMNS}
    | {
        "restart_of": "CASE WHEN EXISTS (SELECT 1 FROM runs AS other WHERE other.restart_of = before.id) "
        "THEN NULL ELSE before.id END"
    },
    "1 = 1",
)

_PROJECT = "SELECT deleted_at FROM projects WHERE id = :project_id AND tenant_id = :tenant_id"
_PREDECESSOR = """
    SELECT (SELECT successor.id FROM runs AS successor WHERE successor.restart_of = r.id)
    FROM runs AS r WHERE r.id = :run_id AND r.project_id = :project_id
"""
_ACTIVE = f"SELECT id, state FROM runs WHERE project_id = :project_id AND state IN ({quoted(ACTIVE)})"  # noqa: S608
_ID = "SELECT 1 FROM runs WHERE id = :run_id"


def insert(uow: "UnitOfWork", scope: TenantScope, new: NewRun, cause: str | None = None) -> Run:
    """Add a pending run and its journal row. Raises NotFound, AlreadyRestarted, AlreadyRunning.

    The journal's `cause` is by default `restart` or `run`.
    """
    parameters: dict[str, object] = {
        "tenant_id": scope.tenant_id,
        "id": new.id,
        "project_id": new.project_id,
        "definition_version": new.definition_version,
        "host_id": new.host_id,
        "requested_at": to_micros(new.requested_at),
        "requested_by": storable(new.requested_by),
        "parameters": to_json(new.parameters),
        "env": to_json(new.env),
        "note": new.note and storable(new.note),
        "workspace": storable(new.workspace),
        "waiting_for": new.waiting_for and storable(new.waiting_for),
        "restart_of": new.restart_of,
    }
    seq, number, root_run, restart_count = _place(uow, _NEW, parameters, new.restart_of)
    run = Run(
        seq=seq,
        id=new.id,
        tenant_id=scope.tenant_id,
        project_id=new.project_id,
        number=number,
        definition_version=new.definition_version,
        host_id=new.host_id,
        state=RunState.PENDING,
        requested_at=new.requested_at,
        requested_by=storable(new.requested_by),
        parameters=new.parameters,
        env=new.env,
        note=new.note and storable(new.note),
        workspace=storable(new.workspace),
        waiting_for=new.waiting_for and storable(new.waiting_for),
        restart_of=new.restart_of,
        root_run=root_run,
        restart_count=restart_count,
    )
    _record(uow, run, "requested", cause or ("restart" if new.restart_of else "run"))
    return run


def insert_found(uow: "UnitOfWork", run: Run) -> bool:
    """Add a run whose directory was found without a row; False when there is a row by now.

    Number and place in the order are new; the link to its predecessor is kept where nothing else is linked to it.
    Raises NotFound where the project is not known, AlreadyRunning beside an active run of the project.
    """
    if uow.connection.one(_ID, {"run_id": run.id}) is not None:
        return False
    parameters = {name: to_column(getattr(run, name)) for name in _FOUND_COLUMNS}
    parameters |= {"tenant_id": run.tenant_id, "restart_of": run.restart_of}
    _place(uow, _FOUND, parameters, None)
    _record(uow, run, "imported", "run directory without a row")
    return True


def _place(uow: "UnitOfWork", sql: str, parameters: dict[str, object], restart_of: RunId | None) -> Row:
    tenant_id, project_id = str(parameters["tenant_id"]), ProjectId(str(parameters["project_id"]))
    uow.database.lock_project(uow.connection, tenant_id, project_id)
    for _ in range(3):
        row = uow.connection.one(sql, parameters)
        if row is not None:
            return row
        # The run in the way may end between the insertion and this look; then there is room now.
        _refuse(uow, tenant_id, project_id, restart_of, deleted_allowed=sql is _FOUND)
    raise ConstraintViolated(f"Run {parameters['id']} cannot be added: its identifier is in use.")


def _refuse(
    uow: "UnitOfWork", tenant_id: str, project_id: ProjectId, restart_of: RunId | None, *, deleted_allowed: bool
) -> None:
    project = uow.connection.one(_PROJECT, {"project_id": project_id, "tenant_id": tenant_id})
    if project is None or (project[0] is not None and not deleted_allowed):
        raise NotFound("project", project_id)
    if restart_of is not None:
        predecessor = uow.connection.one(_PREDECESSOR, {"run_id": restart_of, "project_id": project_id})
        if predecessor is None:
            raise NotFound("run", restart_of)
        if predecessor[0] is not None:
            raise AlreadyRestarted(restart_of, predecessor[0])
    active = uow.connection.one(_ACTIVE, {"project_id": project_id})
    if active is not None:
        raise AlreadyRunning(active[0], RunState(active[1]))


def _record(uow: "UnitOfWork", run: Run, kind: str, cause: str) -> None:
    uow.journal.append(
        NewEntry(
            tenant_id=run.tenant_id,
            project_id=run.project_id,
            run_id=run.id,
            kind=kind,
            from_state=None,
            to_state=run.state,
            reason=run.reason,
            actor=run.requested_by,
            cause=cause,
            happened_at=run.requested_at,
            detail={"restart_of": run.restart_of} if run.restart_of else {},
        )
    )
    uow.wake_supervisor(run.host_id)
