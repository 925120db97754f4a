"""What a new run is made of: the definition it runs, and what the request lays over it.

Checks everything that can be known to be wrong before anything is stored. Leaves whether there may be a new run now to
`project_execution_service`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from addon_portal.api.services.definitions import check_environment, check_parameters, check_size
from addon_portal.api.services.once import Ask
from addon_portal.api.services.portal import Portal
from addon_portal.domain.errors import FieldProblem, InvalidRequest, NotFound, OwnCommandForbidden
from addon_portal.domain.ids import ProgramId, ProjectId, RunId, new_run_id
from addon_portal.domain.models import Definition, JsonObject, Project, Run
from addon_portal.domain.restarts import workspace_of
from addon_portal.storage import UnitOfWork
from addon_portal.storage.values import NewRun


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found wrong with parameters for a program, before a lock was taken."""

    program_id: ProgramId
    parameters: JsonObject
    problems: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class RunChoices:
    """What a new run is to differ in from what it is made of."""

    parameters: JsonObject | None = None
    env: dict[str, str] | None = None
    note: str | None = None
    checked: Checked | None = None


@dataclass(frozen=True, slots=True)
class RestartChoices(RunChoices):
    """How a restart is to be made."""

    run_id: RunId | None = None
    latest_definition: bool = False
    clean_workspace: bool = False
    confirmed: bool = False
    stop_first: bool = False


C = TypeVar("C", bound=RunChoices)


@dataclass(frozen=True, slots=True)
class _Draft:
    run_id: RunId
    definition: Definition
    parameters: JsonObject
    env: dict[str, str]
    workspace: str
    restart_of: RunId | None


def make_new(portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, choices: RunChoices) -> NewRun:
    """A run of the newest definition. Raises OwnCommandForbidden, InvalidRequest."""
    definition = project.definition
    run_id = new_run_id(portal.clock.now())
    workspace = _workspace(uow, project, definition, run_id, clean=False)
    draft = _Draft(run_id, definition, definition.parameters, {}, workspace, None)
    return _complete(portal, uow, ask, project, draft, choices)


def make_restart(
    portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, before: Run, choices: RestartChoices
) -> NewRun:
    """A run that follows another. Raises OwnCommandForbidden, InvalidRequest."""
    run_id = new_run_id(portal.clock.now())
    if choices.latest_definition:
        definition, parameters, env = project.definition, project.definition.parameters, {}
    else:
        definition = uow.projects.get_definition(ask.scope, project.id, before.definition_version)
        parameters, env = before.parameters, dict(before.env)
    workspace = _workspace(uow, project, definition, run_id, clean=choices.clean_workspace)
    draft = _Draft(run_id, definition, parameters, env, workspace, before.id)
    return _complete(portal, uow, ask, project, draft, choices)


def check_own_command(ask: Ask, definition: Definition) -> None:
    """Whether the tenant may run what this says. Raises OwnCommandForbidden."""
    if definition.command is not None and not ask.principal.tenant.may_run_own_commands:
        raise OwnCommandForbidden


def check_ahead(portal: Portal, ask: Ask, project_id: ProjectId, choices: C) -> C:
    """The choices with what is wrong with their parameters, found while nobody waits for a lock of the database."""
    if not choices.parameters:
        return choices
    with portal.storage.read() as uow:
        try:
            project = uow.projects.get(ask.scope, project_id)
        except NotFound:
            return choices  # whoever writes says so
        definition, parameters = project.definition, project.definition.parameters
        before = project.latest_run
        if isinstance(choices, RestartChoices) and not choices.latest_definition and before is not None:
            definition = uow.projects.get_definition(ask.scope, project.id, before.definition_version)
            parameters = before.parameters
        if definition.program_id is None:
            return choices
        program = uow.programs.get(definition.program_id)
    whole = {**parameters, **choices.parameters}
    return replace(choices, checked=Checked(program.id, whole, tuple(check_parameters(program, whole))))


def check_meant(uow: UnitOfWork, ask: Ask, project: Project, meant: RunId | None) -> None:
    """A run that is named must be one of this project's."""
    if meant is not None and uow.runs.get(ask.scope, meant).project_id != project.id:
        raise InvalidRequest([FieldProblem("run_id", "a run of this project", repr(meant))])


def _complete(
    portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, draft: _Draft, choices: RunChoices
) -> NewRun:
    parameters = {**draft.parameters, **(choices.parameters or {})}
    definition = draft.definition
    check_own_command(ask, definition)
    env = {**draft.env, **(choices.env or {})}
    if choices.env and (too_large := check_environment({**definition.env, **env})):
        raise InvalidRequest(too_large)
    if choices.parameters:
        problems = check_size(parameters)
        if definition.program_id is not None:
            problems += _parameter_problems(uow, definition.program_id, parameters, choices.checked)
        if problems:
            raise InvalidRequest(problems)
    return NewRun(
        id=draft.run_id,
        project_id=project.id,
        definition_version=definition.version,
        host_id=portal.host_id,
        requested_at=portal.clock.now(),
        requested_by=ask.actor,
        parameters=parameters,
        env=env,
        note=choices.note,
        workspace=draft.workspace,
        restart_of=draft.restart_of,
    )


def _parameter_problems(
    uow: UnitOfWork, program_id: ProgramId, parameters: JsonObject, checked: Checked | None
) -> Sequence[FieldProblem]:
    """What was found before, unless another request has changed meanwhile what the run is made of."""
    if checked is not None and (checked.program_id, checked.parameters) == (program_id, parameters):
        return checked.problems
    return check_parameters(uow.programs.get(program_id), parameters)


def _workspace(uow: UnitOfWork, project: Project, definition: Definition, run_id: RunId, *, clean: bool) -> str:
    """Where the run begins, below the workspaces: where the one before did, or a new directory; "" elsewhere."""
    if uow.programs.directory_of(definition) is not None:
        if clean:
            expected = "keep: the working directory is the project's own and is never replaced"
            raise InvalidRequest([FieldProblem("workspace", expected, "'clean'")])
        return ""
    return workspace_of(project, run_id, clean=clean)
