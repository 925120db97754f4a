"""How a list of projects can be narrowed and ordered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How a project's newest run stands. A run whose outcome nobody knows has not failed."""

    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    NEVER_RUN = "never_run"


class ProjectSort(StrEnum):
    """What a list of projects goes by."""

    CREATED = "created"
    """The newest project first."""
    NAME = "name"
    CHANGED = "changed"
    """The project whose name, definition or policy was changed last comes first."""
    RUN = "run"
    """The project that was run last comes first; those that have never run come last."""


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects. Everything that is said has to hold."""

    search: str | None = None
    """A part of the name, in any case."""
    standings: frozenset[Standing] = frozenset()
    """The newest run stands in any of these ways; empty: in any way."""
    needs_attention: bool = False
    """The newest run has failed, nobody knows how it ended, or it runs and is not well."""
    overdue_before: datetime | None = None
    """A run that started before this time is overdue."""


ALL_PROJECTS = ProjectFilter()
