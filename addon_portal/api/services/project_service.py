"""A tenant's projects: made, read, changed, hidden. Each change of what is run is a new version of the definition."""

from dataclasses import replace
from datetime import datetime

from addon_portal.api.services.definitions import ProjectDraft, define, same_definition
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_project, show_projects
from addon_portal.api.services.shown import ShownProject
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import ChangedMeanwhile, NotFound
from addon_portal.domain.ids import ProgramId, ProjectId, has_form, new_project_id
from addon_portal.domain.models import Definition, Program
from addon_portal.domain.names import normal_name
from addon_portal.domain.project_lists import ProjectFilter, ProjectSort
from addon_portal.storage import UnitOfWork
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.values import NewProject, Page


def create_project(portal: Portal, principal: Principal, draft: ProjectDraft) -> ShownProject:
    """Add a project. Raises InvalidRequest, NameTaken."""
    now = portal.clock.now()
    definition = _define(portal, principal, draft)
    with portal.storage.write() as uow:
        new = NewProject(new_project_id(now), draft.name, definition, now)
        made = uow.projects.insert(principal.scope, new)
        if draft.restart_policy is not None:
            uow.projects.set_restart_policy(principal.scope, made.id, draft.restart_policy, now)
            made = uow.projects.get(principal.scope, made.id)
        return ShownProject(made, None)


def get_project(portal: Portal, principal: Principal, project_id: ProjectId) -> ShownProject:
    """One project. Raises NotFound."""
    with portal.storage.read() as uow:
        return show_project(uow, uow.projects.get(principal.scope, project_id), portal.circumstances())


def list_projects(
    portal: Portal,
    principal: Principal,
    *,
    limit: int,
    cursor: str | None,
    wanted: ProjectFilter,
    sort: ProjectSort,
    name: str | None,
) -> Page[ShownProject]:
    """A page of projects; `name` asks for the one of exactly that name. Raises InvalidRequest."""
    around = portal.circumstances()
    with portal.storage.read() as uow:
        if name is not None:
            found = uow.projects.find_by_name(principal.scope, normal_name(name))
            page = Page((found,) if found else (), None)
        else:
            wanted = replace(wanted, overdue_before=around.now - around.overdue_after)
            page = uow.projects.list_page(principal.scope, limit=limit, cursor=cursor, wanted=wanted, sort=sort)
        return Page(show_projects(uow, page.items, around), page.next_cursor)


def update_project(
    portal: Portal,
    principal: Principal,
    project_id: ProjectId,
    draft: ProjectDraft,
    seen_at: datetime | None = None,
    *,
    keeps_parameters: bool = False,
) -> ShownProject:
    """Replace name and definition, unless they were changed after `seen_at`. Runs that exist keep theirs.

    Raises InvalidRequest, NameTaken, NotFound, ChangedMeanwhile.
    """
    if keeps_parameters:
        with portal.storage.read() as uow:
            stored = uow.projects.get(principal.scope, project_id).definition.parameters
        draft = replace(draft, parameters=stored)
    asked = _define(portal, principal, draft)
    with portal.storage.write() as uow:
        project = uow.projects.get_locked(principal.scope, project_id)
        are_others = keeps_parameters and project.definition.parameters != draft.parameters
        if are_others or seen_at not in (None, project.updated_at):
            raise ChangedMeanwhile(project_id, project.updated_at)
        definition = replace(asked, code=project.definition.code)
        if draft.name != project.name:
            uow.projects.rename(principal.scope, project_id, draft.name, portal.clock.now())
        if not same_definition(definition, project.definition):
            uow.projects.add_definition(principal.scope, project_id, definition)
        if draft.restart_policy != project.restart_policy:
            uow.projects.set_restart_policy(principal.scope, project_id, draft.restart_policy, portal.clock.now())
        return show_project(uow, uow.projects.get(principal.scope, project_id), portal.circumstances())


def delete_project(portal: Portal, principal: Principal, project_id: ProjectId) -> None:
    """Hide a project, without schedule and without a restart that is to come; its runs can still be read.

    Raises ActiveRun, NotFound.
    """
    with portal.storage.write() as uow:
        now = portal.clock.now()
        uow.projects.soft_delete(principal.scope, project_id, now)
        scheduled = uow.scheduled_restarts.find(principal.scope, project_id)
        if scheduled is not None:
            uow.scheduled_restarts.call_off(scheduled, now, principal.actor, "the project was deleted")
        Schedules(uow).delete(principal.scope, project_id)


def _define(portal: Portal, principal: Principal, draft: ProjectDraft) -> Definition:
    """Before anything is locked: holding parameters against a schema takes its time. Programs never change."""
    program = None
    if draft.program is not None:
        with portal.storage.read() as uow:
            program = _find_program(uow, draft.program)
    return define(draft, principal.tenant, program, portal.default_grace_seconds, portal.clock.now())


def _find_program(uow: UnitOfWork, name_or_id: str) -> Program | None:
    if has_form("prg_", name_or_id):
        try:
            return uow.programs.get(ProgramId(name_or_id))
        except NotFound:
            return None
    return uow.programs.find_by_name(normal_name(name_or_id))
