"""Restarts that are to come: asked for by stopping first, called off, brought forward.

Promises that a project never has two, and that whatever takes the place of one calls it off in its own transaction.
Making them is the supervisor's, except for one that is brought forward.
"""

from dataclasses import replace

from addon_portal.api.services.new_runs import RestartChoices, check_own_command, make_restart
from addon_portal.api.services.once import Accepted, Ask, act_once
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain import endings, transitions
from addon_portal.domain.errors import AlreadyRestarted, NothingScheduled, RestartScheduled
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Project, RestartCause, Run, ScheduledRestart
from addon_portal.domain.restarts import repeat
from addon_portal.domain.states import RunState
from addon_portal.storage import UnitOfWork
from addon_portal.storage.scheduled_restarts import new_run_of
from addon_portal.storage.transition import apply


def call_off(portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, why: str) -> bool:
    """Call the project's restart off that is to come; False when there is none."""
    scheduled = project.scheduled_restart
    return scheduled is not None and uow.scheduled_restarts.call_off(scheduled, portal.clock.now(), ask.actor, why)


def replace_active(
    portal: Portal, uow: UnitOfWork, ask: Ask, project: Project, before: Run, choices: RestartChoices
) -> Run | None:
    """Have the active run ended and followed by a restart; None when it ended in this moment by itself.

    A run that is still pending is withdrawn, and the answer is the new one; otherwise it is the run that is to end.
    Raises AlreadyRestarted, RestartScheduled.
    """
    if choices.run_id not in {None, before.id}:
        assert choices.run_id is not None
        raise AlreadyRestarted(choices.run_id, before.id)
    scheduled, now = project.scheduled_restart, portal.clock.now()
    if scheduled is not None and scheduled.cause is RestartCause.REQUEST:
        raise RestartScheduled(before.id, scheduled.run_id)
    new = make_restart(portal, uow, ask, project, before, choices)
    call_off(portal, uow, ask, project, "somebody restarted the project")
    withdrawn = transitions.withdrawn(before.id, endings.withdrawn(ask.actor, now), now, ask.actor)
    if before.state is RunState.PENDING and apply(uow, withdrawn):
        return uow.runs.insert(ask.scope, new)
    asked = transitions.stop_requested(before.id, now, ask.actor, "replaced", None)
    if not apply(uow, asked) and not apply(uow, transitions.replacement_requested(before.id, now, ask.actor)):
        return None
    restart = repeat(before, new.id, RestartCause.REQUEST, "it was asked to be stopped first", now, ask.actor)
    uow.scheduled_restarts.schedule(
        replace(
            restart,
            definition_version=new.definition_version,
            parameters=new.parameters,
            env=new.env,
            note=new.note,
            workspace=new.workspace,
            confirmed=choices.confirmed,
        )
    )
    return uow.runs.get(ask.scope, before.id)


def list_scheduled(portal: Portal, principal: Principal) -> tuple[ScheduledRestart, ...]:
    """Every restart of the tenant that is to come; those that are due first."""
    with portal.storage.read() as uow:
        return uow.scheduled_restarts.list_all(principal.scope)


def call_off_scheduled(portal: Portal, principal: Principal, project_id: ProjectId) -> None:
    """Call the restart of a project off that is to come. Raises NotFound, NothingScheduled."""
    with portal.storage.write() as uow:
        project = uow.projects.get_locked(principal.scope, project_id)
        scheduled, now = project.scheduled_restart, portal.clock.now()
        why = "somebody called it off"
        if scheduled is None or not uow.scheduled_restarts.call_off(scheduled, now, principal.actor, why):
            raise NothingScheduled(project_id)


def bring_forward(portal: Portal, ask: Ask, project_id: ProjectId) -> Accepted:
    """Make the run of a restart now that was to come later. It stays the policy's, and one of the program's tries.

    Raises NotFound, NothingScheduled, AlreadyRunning for one that waits for the end of its run, Forbidden.
    """

    def make(uow: UnitOfWork, project: Project) -> Run:
        scheduled, now = project.scheduled_restart, portal.clock.now()
        if scheduled is None or not uow.scheduled_restarts.take(scheduled):
            raise NothingScheduled(project_id)
        definition = uow.projects.get_definition(ask.scope, project_id, scheduled.definition_version)
        check_own_command(ask, definition)
        made = uow.runs.insert(ask.scope, new_run_of(scheduled, now), f"restart by {scheduled.cause}, brought forward")
        uow.scheduled_restarts.remember(made, scheduled.counts, now, None, None)
        detail = {"run_id": made.id}
        why = "somebody brought it forward"
        uow.scheduled_restarts.record(scheduled, "restart_brought_forward", now, ask.actor, why, detail)
        return made

    return act_once(portal, ask, project_id, make)
