"""Joining runs and projects with what stands around them, inside the transaction they were read in."""

from collections.abc import Sequence

from addon_portal.api.services.shown import Circumstances, ShownProject, ShownRun, show
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Project, Run, TenantScope
from addon_portal.storage import UnitOfWork
from addon_portal.storage.surroundings import RunSurroundings, Surroundings


def show_run(uow: UnitOfWork, run: Run, around: Circumstances) -> ShownRun:
    """One run as shown."""
    return _show(run, Surroundings(uow).of_run(run), around)


def get_shown_run(uow: UnitOfWork, scope: TenantScope, run_id: RunId, around: Circumstances) -> ShownRun:
    """One run as shown, in one statement. Raises NotFound."""
    return _show(*Surroundings(uow).get_run(scope, run_id), around)


def show_runs(uow: UnitOfWork, runs: Sequence[Run], around: Circumstances) -> tuple[ShownRun, ...]:
    """A page of runs as shown."""
    if len(runs) == 1:
        return (show_run(uow, runs[0], around),)
    found = Surroundings(uow).of_runs(runs)
    return tuple(_show(run, surroundings, around) for run, surroundings in zip(runs, found, strict=True))


def show_project(uow: UnitOfWork, project: Project, around: Circumstances) -> ShownProject:
    """One project with its newest run as shown."""
    return ShownProject(project, show_run(uow, project.latest_run, around) if project.latest_run else None)


def show_projects(uow: UnitOfWork, projects: Sequence[Project], around: Circumstances) -> tuple[ShownProject, ...]:
    """A page of projects with their newest runs as shown."""
    latest = [project.latest_run for project in projects if project.latest_run]
    shown = {run.run.project_id: run for run in show_runs(uow, latest, around)}
    return tuple(ShownProject(project, shown.get(project.id)) for project in projects)


def show_found(found: Sequence[tuple[Run, RunSurroundings]], around: Circumstances) -> tuple[ShownRun, ...]:
    """Runs that were read together with what stands around them."""
    return tuple(_show(run, surroundings, around) for run, surroundings in found)


def _show(run: Run, found: RunSurroundings, around: Circumstances) -> ShownRun:
    return show(
        run,
        found.project_name,
        found.host_name,
        found.newest_run_id,
        found.barred,
        found.observed_at,
        found.queue_position,
        around,
        found.scheduled_restart,
        (found.drained_at, found.drained_by),
    )
