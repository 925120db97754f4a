"""Runs and projects as they are shown: the stored values joined with what follows from clock, host and neighbours.

Pure joining: the queries stand in the services, the JSON in the schemas.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from addon_portal.domain.clock import to_text
from addon_portal.domain.health import UNREACHABLE_AFTER, health_of
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Project, Run, ScheduledRestart
from addon_portal.domain.restarts import Obstacle, obstacle_to
from addon_portal.domain.states import Health, RunState


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run with what its row alone does not say. `health` is None for a final run."""

    run: Run
    project_name: str
    host_name: str
    health: tuple[Health, ...] | None
    observed_at: datetime | None
    waiting_for: str | None
    queue_position: int | None
    obstacle: Obstacle | None = None
    """What stands against restarting it."""
    scheduled_restart: ScheduledRestart | None = None


@dataclass(frozen=True, slots=True)
class ShownProject:
    """A project with its newest run as shown."""

    project: Project
    latest_run: ShownRun | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What showing a run takes beside the run: the rules of the installation and the moment."""

    now: datetime
    overdue_after: timedelta
    restartable: frozenset[RunState]


def show(
    run: Run,
    project_name: str,
    host_name: str,
    newest_run_id: RunId | None,
    barred: Obstacle | None,
    observed_at: datetime | None,
    queue_position: int | None,
    around: Circumstances,
    scheduled_restart: ScheduledRestart | None = None,
    drained: tuple[datetime | None, str | None] = (None, None),
) -> ShownRun:
    """Join. `observed_at` is when the last complete sweep of the run's host began.

    `newest_run_id` is that of the project, `barred` what stands against restarting anything of it; `drained` says since
    when nothing is started there, and by whom.
    """
    return ShownRun(
        run=run,
        project_name=project_name,
        host_name=host_name,
        health=health_of(run, observed_at, around.now, around.overdue_after),
        observed_at=observed_at if run.is_active else None,
        waiting_for=_waiting_for(run, observed_at, around.now, *drained),
        queue_position=queue_position if run.state is RunState.PENDING else None,
        obstacle=obstacle_to(run, newest_run_id, barred, around.restartable),
        scheduled_restart=scheduled_restart,
    )


def _waiting_for(
    run: Run, observed_at: datetime | None, now: datetime, drained_at: datetime | None, drained_by: str | None
) -> str | None:
    """What a waiting run waits for; when nobody is there to say, for the supervisor."""
    if run.state is not RunState.PENDING:
        return None
    if drained_at is not None:
        return f"the end of the maintenance of its host, which {drained_by} began at {to_text(drained_at)}"
    if observed_at is None:
        return "the supervisor of its host, which has not been heard of yet"
    if now - observed_at > UNREACHABLE_AFTER:
        return f"the supervisor of its host, which was last heard of at {to_text(observed_at)}"
    return run.waiting_for or "the supervisor"
