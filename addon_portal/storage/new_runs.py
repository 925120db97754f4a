"""What a run is made of: the definition as it stands or, for one that follows another, what that one ran with.

Whoever makes a run lays over it what was chosen. A restart that waits beside its run has been decided before, by
`domain.restarts.repeat`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from addon_portal.domain.ids import HostId, RunId
from addon_portal.domain.models import Definition, Project, Run
from addon_portal.domain.restarts import workspace_of
from addon_portal.storage.unit_of_work import UnitOfWork
from addon_portal.storage.values import NewRun


@dataclass(frozen=True, slots=True)
class Maker:
    """Who asks for a run, for which host, and when."""

    host_id: HostId
    by: str
    at: datetime


def make_run(project: Project, definition: Definition, run_id: RunId, workspace: str, maker: Maker) -> NewRun:
    """A run of a definition as it stands."""
    return NewRun(
        id=run_id,
        project_id=project.id,
        definition_version=definition.version,
        host_id=maker.host_id,
        requested_at=maker.at,
        requested_by=maker.by,
        parameters=definition.parameters,
        workspace=workspace,
    )


def make_follower(new: NewRun, before: Run, *, as_it_ran: bool) -> NewRun:
    """The same run as one that follows another, `as_it_ran`: with that one's parameters and variables."""
    follower = replace(new, restart_of=before.id)
    return replace(follower, parameters=before.parameters, env=before.env) if as_it_ran else follower


def has_own_directory(uow: UnitOfWork, definition: Definition) -> bool:
    """Whether it starts in a directory that its program or project names, which is none of ours."""
    return uow.programs.directory_of(definition) is not None


def workspace_for(uow: UnitOfWork, project: Project, definition: Definition, run_id: RunId, *, clean: bool) -> str:
    """Where a run begins, below the workspaces; "" for a directory that is none of ours."""
    return "" if has_own_directory(uow, definition) else workspace_of(project, run_id, clean=clean)
