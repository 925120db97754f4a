"""The things the product is about, as immutable values.

A value here is a snapshot of rows; only `storage` makes them from rows, and nothing changes them. Leaves the moves of a
run to `transitions` and everything that is computed from a clock to `health`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from addon_portal.domain import reasons
from addon_portal.domain.code import Code
from addon_portal.domain.ids import HostId, KeyId, ProgramId, ProjectId, RunId, TenantId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import ACTIVE, Outcome, RunState
from addon_portal.domain.terms import NO_TERMS, Terms

JsonObject = Mapping[str, object]


class Role(StrEnum):
    """What the holder of a credential may do; each includes those before it."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"
    """Of the installation: may also use `/api/admin`."""

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other may."""
        return _ROLE_ORDER.index(self) >= _ROLE_ORDER.index(other)


_ROLE_ORDER = list(Role)


@dataclass(frozen=True, slots=True)
class TenantScope:
    """The right to see one tenant's rows. Made by `auth.policies` for people and by nothing else."""

    tenant_id: TenantId


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer or team; owns projects, keys and limits."""

    id: TenantId
    name: str
    created_at: datetime
    max_concurrent_runs: int | None = None
    may_run_own_commands: bool = True


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A credential without its secret. `prefix` is what may be shown of it."""

    id: KeyId
    tenant_id: TenantId
    name: str
    role: Role
    prefix: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """What an operator allows to be run: an argv template whose `{name}` parts are filled from parameters."""

    id: ProgramId
    name: str
    argv: tuple[str, ...]
    parameters_schema: JsonObject
    env: Mapping[str, str]
    working_directory: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StopSettings:
    """How a program is asked to end: the polite signal's number and the seconds it is given before the kill."""

    signal: int = 15
    grace_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of what a project runs. Immutable; a change makes the next version."""

    version: int
    command: tuple[str, ...] | None
    program_id: ProgramId | None
    parameters: JsonObject
    env: Mapping[str, str]
    working_directory: str | None
    stop: StopSettings
    created_at: datetime
    terms: Terms = NO_TERMS
    code: Code | None = None
    """What new workspaces are filled with."""


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant's definition with its newest version and its newest run."""

    id: ProjectId
    tenant_id: TenantId
    name: str
    created_at: datetime
    updated_at: datetime
    definition: Definition
    latest_run: "Run | None" = None
    deleted_at: datetime | None = None
    scheduled_restart: "ScheduledRestart | None" = None
    restart_policy: JsonObject | None = None
    """As `domain.restart_policy` reads it; None for never. Not of a version: it says what is done about runs."""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a project at one pinned definition version: at most one process tree, ever.

    Times are what happened, not when it was learned. `exit_code` and `signal` may be known before the run is final
    (health `finishing`). `conditions` are the healths that the supervisor found
    (`unreachable`, `unsupervised`, `finishing`); those that follow from the clock are added by `domain.health`.
    """

    seq: int
    id: RunId
    tenant_id: TenantId
    project_id: ProjectId
    number: int
    definition_version: int
    host_id: HostId
    state: RunState
    requested_at: datetime
    requested_by: str
    parameters: JsonObject = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    workspace: str = ""
    waiting_for: str | None = None
    claimed_at: datetime | None = None
    boot_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    finished_at: datetime | None = None
    """When the run became final in our books; `ended_at` is when its program ended, where that is known."""
    reason: Reason | None = None
    outcome: Outcome | None = None
    message: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    tree: str | None = None
    ending: JsonObject | None = None
    """Facts, source and notes of the ending, as shown in the evidence."""
    conditions: frozenset[str] = frozenset()
    condition_detail: str | None = None
    last_seen_alive_at: datetime | None = None
    stop_requested_at: datetime | None = None
    stop_requested_by: str | None = None
    stop_why: str | None = None
    stop_grace_seconds: float | None = None
    stop_deadline_at: datetime | None = None
    restart_of: RunId | None = None
    root_run: RunId | None = None
    restart_count: int = 0
    progress: float | None = None
    """How far the program says it has come, from 0 to 1."""
    status_text: str | None = None
    last_heartbeat_at: datetime | None = None
    """When it last said anything of itself."""
    silent_since: datetime | None = None
    """Of a silent run: when the last sign of life came of the kind that its project counts."""
    restarted_by: RunId | None = None

    @property
    def is_active(self) -> bool:
        """Whether the run can still move."""
        return self.state in ACTIVE

    @property
    def next_step(self) -> str | None:
        """What to try once it has ended."""
        if self.reason is None:
            return None
        facts = (self.ending or {}).get("facts")
        return reasons.next_step(self.reason, facts if isinstance(facts, Mapping) else {})


class RestartCause(StrEnum):
    """Who wants a restart that is to come."""

    REQUEST = "request"
    """Somebody, of a run that has to end first."""
    POLICY = "policy"
    """The project's restart policy."""
    STALL = "stall"
    """The project's rule for runs that are silent."""


@dataclass(frozen=True, slots=True)
class ScheduledRestart:
    """The one restart of a project that is to come: what the new run will be, and when it will be made.

    `run_id` is what the new run will be called; `restart_of` the run that it will follow. Without `due_at` it is made
    as that one ends. `boot_id` and `due_monotonic` say when it is due on a clock that nobody steps, within one boot.
    """

    run_id: RunId
    restart_of: RunId
    tenant_id: TenantId
    project_id: ProjectId
    host_id: HostId
    cause: RestartCause
    why: str
    scheduled_at: datetime
    scheduled_by: str
    definition_version: int
    parameters: JsonObject = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    workspace: str = ""
    confirmed: bool = False
    """Whether it is made although leftovers of the run before may be alive."""
    counts: bool = False
    """Whether it uses up one of the program's tries."""
    delay_seconds: float = 0.0
    due_at: datetime | None = None
    boot_id: str | None = None
    due_monotonic: float | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with a supervisor. `observed_at` is when its last complete sweep began."""

    id: HostId
    name: str
    boot_id: str | None
    observed_at: datetime | None
    supervisor_pid: int | None = None
    max_concurrent_runs: int | None = None
    drained_at: datetime | None = None
    """Since when nothing is started, for maintenance; what runs goes on."""
    drained_by: str | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One fact about a run, in the order it was recorded. Never changed, never removed while the run exists."""

    seq: int
    tenant_id: TenantId
    project_id: ProjectId
    run_id: RunId
    kind: str
    from_state: RunState | None
    to_state: RunState | None
    reason: Reason | None
    actor: str
    cause: str
    happened_at: datetime
    recorded_at: datetime
    detail: JsonObject
