"""What goes into the storage and comes out of it beside the things of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.ids import CleanupId, CodeRequestId, HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Definition, JsonObject
from addon_portal.domain.records import NotifyRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, newest first. `next_cursor` is None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that does not exist yet. The definition's version is given by the storage: 1."""

    id: ProjectId
    name: str
    definition: Definition
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that does not exist yet. `seq`, `number`, `root_run` and `restart_count` are given by the storage."""

    id: RunId
    project_id: ProjectId
    definition_version: int
    host_id: HostId
    requested_at: datetime
    requested_by: str
    parameters: JsonObject = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    workspace: str = ""
    waiting_for: str | None = None
    restart_of: RunId | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What the program of a run says of itself."""

    run_id: RunId
    tenant_id: TenantId
    said: NotifyRecord


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What waits for the supervisor of a host beside runs."""

    bulk_restart: bool
    retention: bool
    schedule_at: datetime | None
    """When the next schedule is due."""
    queued_schedule: bool
    """Whether a time of a schedule waits for the end of a run."""


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """A request to fetch code. Done, it has the version that has it, or why there is none."""

    id: CodeRequestId
    tenant_id: TenantId
    project_id: ProjectId
    host_id: HostId
    source: GitSource
    requested_at: datetime
    requested_by: str
    completed_at: datetime | None = None
    definition_version: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CleanupRequest:
    """A request to look at every run of a host now. The report is there when it has been done."""

    id: CleanupId
    host_id: HostId
    requested_at: datetime
    requested_by: str
    completed_at: datetime | None = None
    report: JsonObject | None = None
