"""Restarts that are to come: asked for by stopping first, called off, brought forward.

Promises that a project never has two, and that whatever takes the place of one calls it off in its own transaction.
Making them is the supervisor's, except for one that is brought forward.
"""

from dataclasses import replace

from addon_portal.api.services.new_runs import RestartChoices, make_restart
from addon_portal.api.services.once import Ask
from addon_portal.api.services.portal import Portal
from addon_portal.domain import endings, transitions
from addon_portal.domain.errors import AlreadyRestarted, RestartScheduled
from addon_portal.domain.models import Project, RestartCause, Run
from addon_portal.domain.restarts import repeat
from addon_portal.domain.states import RunState
from addon_portal.storage import UnitOfWork
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
