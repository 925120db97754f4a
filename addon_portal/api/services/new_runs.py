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
from addon_portal.storage import UnitOfWork
from addon_portal.storage.new_runs import Maker, has_own_directory, make_follower, make_run, workspace_for
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


def make_new(portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, choices: RunChoices) -> NewRun:
    """A run of the newest definition. Raises OwnCommandForbidden, InvalidRequest."""
    new = _make(portal, uow, ask, project, project.definition, clean=False)
    return _complete(uow, ask, project.definition, new, choices)


def make_restart(
    portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, before: Run, choices: RestartChoices
) -> NewRun:
    """A run that follows another. Raises OwnCommandForbidden, InvalidRequest."""
    definition = project.definition
    if not choices.latest_definition:
        definition = uow.projects.get_definition(ask.scope, project.id, before.definition_version)
    if choices.clean_workspace and has_own_directory(uow, definition):
        expected = "keep: the working directory is the project's own and is never replaced"
        raise InvalidRequest([FieldProblem("workspace", expected, "'clean'")])
    new = _make(portal, uow, ask, project, definition, clean=choices.clean_workspace)
    follower = make_follower(new, before, as_it_ran=not choices.latest_definition)
    return _complete(uow, ask, definition, follower, choices)


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


def _make(
    portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, definition: Definition, *, clean: bool
) -> NewRun:
    now = portal.clock.now()
    run_id = new_run_id(now)
    workspace = workspace_for(uow, project, definition, run_id, clean=clean)
    return make_run(project, definition, run_id, workspace, Maker(portal.host_id, ask.actor, now))


def _complete(uow: UnitOfWork, ask: Ask, definition: Definition, new: NewRun, choices: RunChoices) -> NewRun:
    """The run with what was chosen laid over it."""
    check_own_command(ask, definition)
    parameters, env = {**new.parameters, **(choices.parameters or {})}, {**new.env, **(choices.env or {})}
    if choices.env and (too_large := check_environment({**definition.env, **env})):
        raise InvalidRequest(too_large)
    if choices.parameters:
        problems = check_size(parameters)
        if definition.program_id is not None:
            problems += _parameter_problems(uow, definition.program_id, parameters, choices.checked)
        if problems:
            raise InvalidRequest(problems)
    return replace(new, parameters=parameters, env=env, note=choices.note)


def _parameter_problems(
    uow: UnitOfWork, program_id: ProgramId, parameters: JsonObject, checked: Checked | None
) -> Sequence[FieldProblem]:
    """What was found before, unless another request has changed meanwhile what the run is made of."""
    if checked is not None and (checked.program_id, checked.parameters) == (program_id, parameters):
        return checked.problems
    return check_parameters(uow.programs.get(program_id), parameters)
