"""Requests to run, restart, stop and clean up: check, store the intent with its journal row in one transaction, wake.

Promises that whatever was answered is committed, that a repeated request has one effect, and that of any number of
simultaneous requests one wins while the others are told by whom they were beaten. Starting, stopping and finding out
are the supervisor's; nothing here touches a process or a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from addon_portal.api.services.new_runs import (
    RestartChoices,
    RunChoices,
    check_ahead,
    check_meant,
    make_new,
    make_restart,
)
from addon_portal.api.services.once import Accepted, Ask, act_once
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_run
from addon_portal.api.services.scheduled_restart_service import call_off, replace_active
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain import endings, transitions
from addon_portal.domain.errors import NotStoppable
from addon_portal.domain.ids import CleanupId, ProjectId, RunId, new_cleanup_id
from addon_portal.domain.models import Project, Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import check_restart, check_run
from addon_portal.domain.states import RunState
from addon_portal.storage import UnitOfWork
from addon_portal.storage.transition import apply
from addon_portal.storage.values import CleanupRequest

STOP_SHOWN_WITHIN_SECONDS = 0.3
"""How long a stop waits for the supervisor to write it down, so that the usual answer has the deadline."""
CLEANUP_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class StopChoices:
    """How a stop is to be made; without `grace_seconds` as the project says."""

    run_id: RunId | None = None
    grace_seconds: float | None = None
    note: str | None = None


def execute_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: RunChoices) -> Accepted:
    """Store a new run of the newest definition, in place of a restart that is to come.

    Raises AlreadyRunning, NotFound, InvalidRequest, StorageBusy.
    """
    choices = check_ahead(portal, ask, project_id, choices)

    def make(uow: UnitOfWork, project: Project) -> Run:
        check_run(project.latest_run)
        new = make_new(portal, uow, ask, project, choices)
        call_off(portal, uow, ask, project, "somebody ran the project")
        return uow.runs.insert(ask.scope, new)

    return act_once(portal, ask, project_id, make, wakes_early=True)


def restart_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: RestartChoices) -> Accepted:
    """Store a new run that follows the newest one, in place of a restart that is to come. The old one stays as it is.

    With `stop_first` an active run is stopped, and the new one is stored as that one ends; until then the answer is
    the run that is being stopped, with the restart that is to come.

    Raises NeverRun, NotRestartable, AlreadyRestarted, ConfirmationRequired, RestartScheduled, NotFound, InvalidRequest,
    StorageBusy.
    """
    choices = check_ahead(portal, ask, project_id, choices)

    def make(uow: UnitOfWork, project: Project) -> Run:
        check_meant(uow, ask, project, choices.run_id)
        before = project.latest_run
        if choices.stop_first and before is not None and before.is_active:
            replaced = replace_active(portal, uow, ask, project, before, choices)
            if replaced is not None:
                return replaced
            project = uow.projects.get(ask.scope, project.id)
            before = project.latest_run
        before = check_restart(before, choices.run_id, portal.restartable, confirmed=choices.confirmed)
        new = make_restart(portal, uow, ask, project, before, choices)
        call_off(portal, uow, ask, project, "somebody restarted the project")
        return uow.runs.insert(ask.scope, new)

    made = act_once(portal, ask, project_id, make, wakes_early=not choices.stop_first)
    return _when_taken(portal, ask, made)


def stop_project(portal: Portal, ask: Ask, project_id: ProjectId, choices: StopChoices) -> Accepted:
    """Store that the active run is to end; one that is still pending is withdrawn at once.

    For one that is to end already only a grace counts that ends earlier than what is left of its own.

    A restart that is to come is called off; where only that was to be stopped, the answer is the run that it would
    have followed.

    Waits a moment for the supervisor to take it up, so that the answer usually has the deadline. Never says that a
    run has ended before its whole tree is gone. Raises NotStoppable, NotFound, StorageBusy.
    """

    def request_stop(uow: UnitOfWork, project: Project) -> Run:
        check_meant(uow, ask, project, choices.run_id)
        run = project.latest_run
        called_off = call_off(portal, uow, ask, project, "somebody stopped the project")
        if run is not None and not run.is_active and called_off and choices.run_id in {None, run.id}:
            return run
        if run is None or not run.is_active or choices.run_id not in {None, run.id}:
            meant = uow.runs.get(ask.scope, choices.run_id) if choices.run_id else run
            raise NotStoppable(meant.id, meant.state) if meant else NotStoppable(None, None)
        return _end_or_ask(uow, run, ask, choices, portal.clock.now())

    return _when_taken(portal, ask, act_once(portal, ask, project_id, request_stop))


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


def _end_or_ask(uow: UnitOfWork, run: Run, ask: Ask, choices: StopChoices, now: datetime) -> Run:
    """Withdraw a pending run; ask for the end of any other, or of one that was claimed in this moment.

    Where that was asked for before, have it sooner.
    """
    note = {"note": choices.note} if choices.note else {}
    withdrawn = transitions.withdrawn(run.id, endings.withdrawn(ask.actor, now), now, ask.actor)
    if not (run.state is RunState.PENDING and apply(uow, replace(withdrawn, detail={**withdrawn.detail, **note}))):
        asked = transitions.stop_requested(run.id, now, ask.actor, "person", choices.grace_seconds)
        if not apply(uow, replace(asked, detail={**asked.detail, **note})) and choices.grace_seconds is not None:
            _shorten(uow, run, ask, choices.grace_seconds, now, note)
    now_stored = uow.runs.get(ask.scope, run.id)
    if not now_stored.is_active and now_stored.reason is not Reason.WITHDRAWN:
        raise NotStoppable(now_stored.id, now_stored.state)
    return now_stored


def _shorten(
    uow: UnitOfWork, run: Run, ask: Ask, grace_seconds: float, now: datetime, note: Mapping[str, object]
) -> None:
    """Have the grace end sooner, whether the supervisor has begun with it (maybe in this moment) or not."""
    for is_running in (False, True):
        shorter = transitions.grace_shortened(run.id, now, ask.actor, grace_seconds, is_running=is_running)
        if apply(uow, replace(shorter, detail={**shorter.detail, **note})):
            return


def _when_taken(portal: Portal, ask: Ask, accepted: Accepted) -> Accepted:
    """The answer with what the supervisor makes of a stop, unless that takes too long."""
    if not _is_untaken(accepted.run.run):
        return accepted
    shown = portal.wakes.wait_for(lambda: _find_taken(portal, ask, accepted.run.run), STOP_SHOWN_WITHIN_SECONDS)
    return replace(accepted, run=shown or accepted.run)


def _is_untaken(run: Run) -> bool:
    return run.stop_requested_at is not None and run.state in {RunState.STARTING, RunState.RUNNING}


def _find_taken(portal: Portal, ask: Ask, run: Run) -> ShownRun | None:
    with portal.storage.read() as uow:
        now = uow.runs.get(ask.scope, run.id)
        return None if _is_untaken(now) else show_run(uow, now, portal.circumstances())
