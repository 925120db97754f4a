"""Rows that a database restored from a backup has lost, made again from what a run directory tells.

Adds only what is missing and never changes what is there. A name that somebody else has by now gets the
identifier's tail, so that nothing of theirs is touched.
"""

from typing import TYPE_CHECKING

from addon_portal.domain.errors import NameTaken, NotFound
from addon_portal.domain.models import Definition, Run, Tenant, TenantScope
from addon_portal.storage.values import NewProject

if TYPE_CHECKING:
    from addon_portal.storage.unit_of_work import UnitOfWork


def restore_owner(uow: "UnitOfWork", run: Run, definition: Definition, tenant_name: str, project_name: str) -> None:
    """Make sure that a found run's tenant, project and definition version exist."""
    try:
        uow.tenants.get(run.tenant_id)
    except NotFound:
        taken = uow.tenants.find_by_name(tenant_name) is not None
        name = _recovered(tenant_name, run.tenant_id) if taken else tenant_name
        # What it might run went with the database: an operator who means it allows it again.
        uow.tenants.insert(Tenant(run.tenant_id, name, definition.created_at, may_run_own_commands=False))
    scope = TenantScope(run.tenant_id)
    if not uow.projects.exists(scope, run.project_id):
        _restore_project(uow, scope, run, definition, project_name)
    uow.projects.restore_definition(scope, run.project_id, definition)


def _restore_project(
    uow: "UnitOfWork", scope: TenantScope, run: Run, definition: Definition, project_name: str
) -> None:
    new = NewProject(run.project_id, project_name, definition, definition.created_at)
    try:
        uow.projects.insert(scope, new)
    except NameTaken:
        name = _recovered(project_name, run.project_id)
        uow.projects.insert(scope, NewProject(run.project_id, name, definition, definition.created_at))


def _recovered(name: str, identifier: str) -> str:
    return f"{name} (recovered {identifier[-6:]})"
