"""Restarts of many projects by one request: what is asked for, who is left out and why, and how far it has come.

Pure. A bulk restart goes through the projects whose newest run matched its filter when it was asked for, one after the
other, and holds each against the rules once more when its turn comes. Leaves storing and making runs to others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from addon_portal.domain import errors
from addon_portal.domain.ids import BulkRestartId, HostId, ProjectId, RunId, TenantId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import needs_confirmation
from addon_portal.domain.states import FINAL, Outcome, RunState


class BulkState(StrEnum):
    """How a bulk restart stands."""

    WORKING = "working"
    FINISHED = "finished"
    ABORTED = "aborted"


class ItemState(StrEnum):
    """What came of one of its projects."""

    WAITING = "waiting"
    STARTED = "started"
    SKIPPED = "skipped"
    """Its rules forbid a restart, or it was restarted by somebody else."""
    FAILED = "failed"
    """Something went wrong with the portal itself."""


@dataclass(frozen=True, slots=True)
class BulkFilter:
    """Which projects: by their newest runs, and by themselves. Empty values do not filter."""

    states: frozenset[RunState] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    projects: frozenset[ProjectId] = frozenset()
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BulkChoices:
    """How each of them is restarted. `restartable` is the rule of the installation when it was asked for."""

    restartable: frozenset[RunState]
    latest_definition: bool = False
    clean_workspace: bool = False
    confirmed: bool = False
    note: str | None = None
    seen: frozenset[RunId] = frozenset()
    """What the person has looked at: no other run is restarted. Empty: whichever is the newest."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The newest run of a project with what decides whether a bulk restart restarts it.

    `has_own_command` and `has_own_directory` are of the definition that would run.
    """

    run_id: RunId
    project_id: ProjectId
    project_name: str
    state: RunState
    outcome: Outcome | None
    reason: Reason | None
    tree: str | None
    has_own_command: bool
    has_own_directory: bool


@dataclass(frozen=True, slots=True)
class BulkRestart:
    """A bulk restart as it stands: of `total` projects `done` have had their turn."""

    id: BulkRestartId
    tenant_id: TenantId
    host_id: HostId
    filter: Mapping[str, object]
    """As it was asked for, for people."""
    choices: BulkChoices
    requested_at: datetime
    requested_by: str
    total: int
    done: int = 0
    started: int = 0
    skipped: int = 0
    failed: int = 0
    finished_at: datetime | None = None
    aborted_by: str | None = None

    @property
    def state(self) -> BulkState:
        """How it stands."""
        if self.finished_at is None:
            return BulkState.WORKING
        return BulkState.ABORTED if self.aborted_by else BulkState.FINISHED

    @property
    def cause(self) -> str:
        """What the journals of its runs say."""
        return f"bulk restart {self.id}"


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One project of a bulk restart, and what came of it."""

    position: int
    run_id: RunId
    project_id: ProjectId
    project_name: str
    state: ItemState
    code: str | None = None
    why: str | None = None
    new_run_id: RunId | None = None
    done_at: datetime | None = None


def find_refusal(
    candidate: Candidate, choices: BulkChoices, *, may_run_own_commands: bool
) -> errors.DomainError | None:
    """Why a project is left out; None where it is restarted.

    As for a single restart; beside that an outcome that nobody knows has to be confirmed, since nobody looks at each.
    """
    if choices.seen and candidate.run_id not in choices.seen:
        return errors.NotSeen(candidate.run_id)
    if candidate.state not in FINAL & choices.restartable:
        allowed = sorted(FINAL & choices.restartable)
        return errors.NotRestartable(candidate.run_id, candidate.state, allowed)
    if not choices.confirmed:
        if needs_confirmation(candidate.tree):
            return errors.ConfirmationRequired(candidate.run_id)
        if candidate.outcome is Outcome.UNKNOWN:
            return errors.UnknownOutcome(candidate.run_id)
    if candidate.has_own_command and not may_run_own_commands:
        return errors.OwnCommandForbidden()
    if candidate.has_own_directory and choices.clean_workspace:
        return errors.NothingToClean()
    return None
