"""Whether a project may be run or restarted now, and what a restart that is to come will repeat.

Pure: given the newest run and the run that the caller means. The storage's unique indexes repeat the promises (one
active run per project, one restart per run) for the races that no check before a write can win.
"""

from datetime import datetime
from enum import StrEnum

from addon_portal.domain import errors
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Project, RestartCause, Run, ScheduledRestart
from addon_portal.domain.states import FINAL, RunState

DEFAULT_RESTARTABLE = frozenset({RunState.FAILED, RunState.COMPLETED, RunState.CANCELLED})


def check_run(latest: Run | None) -> None:
    """Refuse a run beside an active one. Raises AlreadyRunning."""
    if latest is not None and latest.is_active:
        raise errors.AlreadyRunning(latest.id, latest.state)


def check_restart(latest: Run | None, meant: RunId | None, restartable: frozenset[RunState], *, confirmed: bool) -> Run:
    """Return the run to restart, or refuse.

    Raises NeverRun, AlreadyRestarted (the meant run has a successor), NotRestartable, or ConfirmationRequired where
    leftovers of the run may still be alive and the caller has not said that this is known.
    """
    if latest is None:
        raise errors.NeverRun()
    if meant is not None and meant != latest.id:
        raise errors.AlreadyRestarted(meant, latest.id)
    if latest.state not in FINAL & restartable:
        raise errors.NotRestartable(latest.id, latest.state, sorted(FINAL & restartable))
    if needs_confirmation(latest.tree) and not confirmed:
        raise errors.ConfirmationRequired(latest.id)
    return latest


class Obstacle(StrEnum):
    """What stands against restarting a run: a closed list, part of the API."""

    NOT_ENDED = "not_ended"
    ALREADY_RESTARTED = "already_restarted"
    FOLLOWED = "followed"
    PROJECT_DELETED = "project_deleted"
    OWN_COMMAND_FORBIDDEN = "own_command_forbidden"
    STATE_NOT_RESTARTABLE = "state_not_restartable"

    def explain(self, run: Run) -> str:
        """As a sentence."""
        if self is Obstacle.STATE_NOT_RESTARTABLE:
            return f"In this installation runs that are {run.state} are not restarted (RESTARTABLE_STATUSES)."
        return _OBSTACLES[self]


_OBSTACLES = {
    Obstacle.NOT_ENDED: "It has not ended yet.",
    Obstacle.ALREADY_RESTARTED: "It has been restarted already.",
    Obstacle.FOLLOWED: "A newer run of its project has followed it: restart that one.",
    Obstacle.PROJECT_DELETED: "Its project has been deleted.",
    Obstacle.OWN_COMMAND_FORBIDDEN: (
        "It ran a command of the tenant's own, and the tenant may run the operator's programs only by now."
    ),
}


def obstacle_to(
    run: Run, newest_run_id: RunId | None, barred: Obstacle | None, restartable: frozenset[RunState]
) -> Obstacle | None:
    """Why a restart of this run would be refused now; None where it would not, but for leftovers to be confirmed.

    `barred` is what stands against restarting anything of its project.
    """
    if run.state not in FINAL:
        return Obstacle.NOT_ENDED
    if run.restarted_by is not None:
        return Obstacle.ALREADY_RESTARTED
    if barred is Obstacle.PROJECT_DELETED:
        return barred
    if run.id != newest_run_id:
        return Obstacle.FOLLOWED
    if barred is not None:
        return barred
    return None if run.state in restartable else Obstacle.STATE_NOT_RESTARTABLE


def workspace_of(project: Project, run_id: RunId, *, clean: bool) -> str:
    """Where a new run begins, below the workspaces: where the one before did, or a new directory."""
    kept = project.latest_run.workspace if project.latest_run and not clean else ""
    return kept or f"{project.id}/{run_id}"


def needs_confirmation(tree: str | None) -> bool:
    """Whether leftovers of a run may still be alive, so that its restart could be a second copy."""
    return tree == "assumed"


def repeat(run: Run, run_id: RunId, cause: RestartCause, why: str, at: datetime, by: str) -> ScheduledRestart:
    """The restart of a run that is to be made as that run ends: the same again, in the same directory.

    `run_id` is what the new run will be called. Store it with `scheduled_restarts.schedule`, in the transaction that
    asks for the run's end.
    """
    return ScheduledRestart(
        run_id=run_id,
        restart_of=run.id,
        tenant_id=run.tenant_id,
        project_id=run.project_id,
        host_id=run.host_id,
        cause=cause,
        why=why,
        scheduled_at=at,
        scheduled_by=by,
        definition_version=run.definition_version,
        parameters=run.parameters,
        env=run.env,
        workspace=run.workspace,
    )


def seconds_until_due(restart: ScheduledRestart, now: datetime, boot_id: str, monotonic: float) -> float:
    """How long a restart still has to wait; nothing or less when it is due.

    Within the boot it was scheduled in, the monotonic clock tells, which nobody sets. Afterwards only the wall clock is
    left; should that have been set back meanwhile, the wait is never longer than the pause was to be.
    """
    if restart.due_at is None:
        return 0.0
    if restart.boot_id == boot_id and restart.due_monotonic is not None:
        return restart.due_monotonic - monotonic
    return min((restart.due_at - now).total_seconds(), restart.delay_seconds)


def age_of(made_at: datetime, made_monotonic: float | None, same_boot: bool, now: datetime, monotonic: float) -> float:
    """How long ago something was made, by the clock that nobody sets where that still goes."""
    if same_boot and made_monotonic is not None:
        return monotonic - made_monotonic
    return max(0.0, (now - made_at).total_seconds())
