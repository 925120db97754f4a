"""Requests to run, restart, stop and clean up: check, store the intent with its journal row in one transaction, wake.

Promises that whatever was answered is committed, that a repeated request has one effect, and that of any number of
simultaneous requests one wins while the others are told by whom they were beaten. Starting, stopping and finding out
are the supervisor's; nothing here touches a process or a file.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from addon_portal.api.services.definitions import check_environment, check_parameters, check_size
from addon_portal.api.services.once import Accepted, Ask, act_once
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_run
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain import endings, transitions
from addon_portal.domain.errors import FieldProblem, Forbidden, InvalidRequest, NotStoppable
from addon_portal.domain.ids import CleanupId, ProjectId, RunId, new_cleanup_id, new_run_id
from addon_portal.domain.models import Definition, JsonObject, Project, Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import check_restart, check_run
from addon_portal.domain.states import RunState
from addon_portal.storage import UnitOfWork
from addon_portal.storage.transition import apply
from addon_portal.storage.values import CleanupRequest, NewRun

STOP_SHOWN_WITHIN_SECONDS = 0.3
"""How long a stop waits for the supervisor to write it down, so that the usual answer has the deadline."""
CLEANUP_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RunChoices:
    """What a new run is to differ in from what it is made of."""

    parameters: JsonObject | None = None
    env: dict[str, str] | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RestartChoices(RunChoices):
    """How a restart is to be made."""

    run_id: RunId | None = None
    latest_definition: bool = False
    clean_workspace: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class StopChoices:
    """How a stop is to be made; without `grace_seconds` as the project says."""

    run_id: RunId | None = None
    grace_seconds: float | None = None
    note: str | None = None


def execute_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: RunChoices) -> Accepted:
    """Store a new run of the newest definition. Raises AlreadyRunning, NotFound, InvalidRequest, StorageBusy."""

    def make(uow: UnitOfWork, project: Project) -> Run:
        check_run(project.latest_run)
        definition = project.definition
        run_id = new_run_id(portal.clock.now())
        workspace = _workspace(uow, project, definition, run_id, clean=False)
        draft = _Draft(run_id, definition, definition.parameters, {}, workspace, None)
        return _insert(portal, uow, ask, project, draft, choices)

    return act_once(portal, ask, project_id, make)


def restart_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: RestartChoices) -> Accepted:
    """Store a new run that follows the newest one. The old one stays as it is.

    Raises NeverRun, NotRestartable, AlreadyRestarted, ConfirmationRequired, NotFound, InvalidRequest, StorageBusy.
    """

    def make(uow: UnitOfWork, project: Project) -> Run:
        _check_meant(uow, ask, project, choices.run_id)
        before = check_restart(project.latest_run, choices.run_id, portal.restartable, confirmed=choices.confirmed)
        run_id = new_run_id(portal.clock.now())
        if choices.latest_definition:
            definition, parameters, env = project.definition, project.definition.parameters, {}
        else:
            definition = uow.projects.get_definition(ask.scope, project.id, before.definition_version)
            parameters, env = before.parameters, dict(before.env)
        workspace = _workspace(uow, project, definition, run_id, clean=choices.clean_workspace)
        draft = _Draft(run_id, definition, parameters, env, workspace, before.id)
        return _insert(portal, uow, ask, project, draft, choices)

    return act_once(portal, ask, project_id, make)


def stop_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: StopChoices) -> Accepted:
    """Store that the active run is to end; one that is still pending is withdrawn at once.

    Waits a moment for the supervisor to take it up, so that the answer usually has the deadline. Never says that a
    run has ended before its whole tree is gone. Raises NotStoppable, NotFound, StorageBusy.
    """

    def request_stop(uow: UnitOfWork, project: Project) -> Run:
        _check_meant(uow, ask, project, choices.run_id)
        run = project.latest_run
        if run is None or not run.is_active or choices.run_id not in {None, run.id}:
            meant = uow.runs.get(ask.scope, choices.run_id) if choices.run_id else run
            raise NotStoppable(meant.id, meant.state) if meant else NotStoppable(None, None)
        return _end_or_ask(uow, run, ask, choices, portal.clock.now())

    accepted = act_once(portal, ask, project_id, request_stop)
    if not _is_untaken(accepted.run.run):
        return accepted
    shown = portal.wakes.wait_for(lambda: _find_taken(portal, ask, accepted.run.run), STOP_SHOWN_WITHIN_SECONDS)
    return replace(accepted, run=shown or accepted.run)


def cleanup_stuck_projects(portal: Portal, requested_by: str) -> CleanupRequest:
    """Have the supervisor look at every run of this host now.

    Returns its report, or after 5 s the request without one; `get_cleanup` tells when it is there.
    """
    now = portal.clock.now()
    request = CleanupRequest(new_cleanup_id(now), portal.host_id, now, requested_by)
    with portal.storage.write() as uow:
        uow.cleanups.insert(request)

    def find_report() -> CleanupRequest | None:
        stored = get_cleanup(portal, request.id)
        return stored if stored.completed_at is not None else None

    return portal.wakes.wait_for(find_report, CLEANUP_WITHIN_SECONDS) or request


def get_cleanup(portal: Portal, cleanup_id: CleanupId) -> CleanupRequest:
    """A clean-up and, once it is done, its report. Raises NotFound."""
    with portal.storage.read() as uow:
        return uow.cleanups.get(cleanup_id)


@dataclass(frozen=True, slots=True)
class _Draft:
    run_id: RunId
    definition: Definition
    parameters: JsonObject
    env: dict[str, str]
    workspace: str
    restart_of: RunId | None


def _insert(portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, draft: _Draft, choices: RunChoices) -> Run:
    parameters = {**draft.parameters, **(choices.parameters or {})}
    definition = draft.definition
    if definition.command is not None and not ask.principal.tenant.may_run_own_commands:
        raise Forbidden("This tenant may run the operator's programs only, and the definition has its own command.")
    env = {**draft.env, **(choices.env or {})}
    if choices.env and (too_large := check_environment({**definition.env, **env})):
        raise InvalidRequest(too_large)
    if choices.parameters:
        problems = check_size(parameters)
        if definition.program_id is not None:
            problems += check_parameters(uow.programs.get(definition.program_id), parameters)
        if problems:
            raise InvalidRequest(problems)
    new = NewRun(
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
    return uow.runs.insert(ask.scope, new)


def _workspace(uow: UnitOfWork, project: Project, definition: Definition, run_id: RunId, *, clean: bool) -> str:
    """Where the run begins, below the workspaces: where the one before did, or a new directory; "" elsewhere."""
    own = definition.working_directory
    if own is None and definition.program_id is not None:
        own = uow.programs.get(definition.program_id).working_directory
    if own is not None:
        if clean:
            expected = "keep: the working directory is the project's own and is never replaced"
            raise InvalidRequest([FieldProblem("workspace", expected, "'clean'")])
        return ""
    kept = project.latest_run.workspace if project.latest_run and not clean else ""
    return kept or f"{project.id}/{run_id}"


def _check_meant(uow: UnitOfWork, ask: Ask, project: Project, meant: RunId | None) -> None:
    """A run that is named must be one of this project's."""
    if meant is not None and uow.runs.get(ask.scope, meant).project_id != project.id:
        raise InvalidRequest([FieldProblem("run_id", "a run of this project", repr(meant))])


def _end_or_ask(uow: UnitOfWork, run: Run, ask: Ask, choices: StopChoices, now: datetime) -> Run:
    """Withdraw a pending run; ask for the end of any other, or of one that was claimed in this moment."""
    note = {"note": choices.note} if choices.note else {}
    withdrawn = transitions.withdrawn(run.id, endings.withdrawn(ask.actor, now), now, ask.actor)
    if not (run.state is RunState.PENDING and apply(uow, replace(withdrawn, detail={**withdrawn.detail, **note}))):
        asked = transitions.stop_requested(run.id, now, ask.actor, "person", choices.grace_seconds)
        apply(uow, replace(asked, detail={**asked.detail, **note}))
    now_stored = uow.runs.get(ask.scope, run.id)
    if not now_stored.is_active and now_stored.reason is not Reason.WITHDRAWN:
        raise NotStoppable(now_stored.id, now_stored.state)
    return now_stored


def _is_untaken(run: Run) -> bool:
    return run.stop_requested_at is not None and run.state in {RunState.STARTING, RunState.RUNNING}


def _find_taken(portal: Portal, ask: Ask, run: Run) -> ShownRun | None:
    with portal.storage.read() as uow:
        now = uow.runs.get(ask.scope, run.id)
        return None if _is_untaken(now) else show_run(uow, now, portal.circumstances())
