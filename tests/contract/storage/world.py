"""A small world for the storage's tests: Alice and Bob share a tenant, Charlie has another, one host runs all."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from addon_portal.auth.webhook_secrets import make_secret
from addon_portal.domain import endings, ids, transitions
from addon_portal.domain.endings import Ending
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.facts import BY_DEFAULT, Fact
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import (
    ApiKey,
    Definition,
    Host,
    Project,
    Role,
    Run,
    StopSettings,
    Tenant,
    TenantScope,
)
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import Tree
from addon_portal.domain.webhooks import ChannelKind, Webhook
from addon_portal.storage import NewProject, NewRun, Storage, apply

SUPERVISOR = "supervisor"
SUCCESS = ProcessExit(0)
CODE_3 = ProcessExit(3 << 8)
SIGKILLED = ProcessExit(9)


class SteppedClock:
    """A clock that moves by a millisecond whenever it is read, and never by itself."""

    def __init__(self) -> None:
        self._ticks = count(1)
        self._start = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def now(self) -> datetime:
        return self._start + timedelta(milliseconds=next(self._ticks))

    def monotonic(self) -> float:
        return next(self._ticks) / 1000


def definition_of(
    *command: str, at: datetime, parameters: Mapping[str, object] | None = None, env: Mapping[str, str] | None = None
) -> Definition:
    """A definition with a command of its own."""
    return Definition(0, command or ("true",), None, parameters or {}, env or {}, None, StopSettings(), at)


class World:
    """Two tenants and a host in a storage, and short ways to add to them."""

    def __init__(self, storage: Storage, clock: SteppedClock) -> None:
        self.storage = storage
        self.clock = clock
        self._names = count(1)
        self.alice = Tenant(ids.new_tenant_id(self.now()), "alice and bob", self.now())
        self.charlie = Tenant(ids.new_tenant_id(self.now()), "charlie", self.now(), max_concurrent_runs=2)
        self.scope = TenantScope(self.alice.id)
        self.other_scope = TenantScope(self.charlie.id)
        self.host = Host(ids.new_host_id(self.now()), "here", None, None)

    def found(self) -> "World":
        """Store the tenants and the host."""
        with self.storage.write() as uow:
            uow.tenants.insert(self.alice)
            uow.tenants.insert(self.charlie)
            uow.hosts.upsert(self.host)
        return self

    def now(self) -> datetime:
        """The world's time."""
        return self.clock.now()

    def new_project(self, name: str | None = None, definition: Definition | None = None) -> NewProject:
        """A project that is not stored."""
        now = self.now()
        return NewProject(
            ids.new_project_id(now), name or f"project {next(self._names)}", definition or definition_of(at=now), now
        )

    def add_project(self, name: str | None = None, scope: TenantScope | None = None) -> Project:
        """A stored project, Alice's unless said otherwise."""
        with self.storage.write() as uow:
            return uow.projects.insert(scope or self.scope, self.new_project(name))

    def new_run(self, project_id: ProjectId, restart_of: RunId | None = None) -> NewRun:
        """A run that is not stored."""
        now = self.now()
        return NewRun(ids.new_run_id(now), project_id, 1, self.host.id, now, "alice", restart_of=restart_of)

    def add_run(
        self, project_id: ProjectId | None = None, restart_of: RunId | None = None, scope: TenantScope | None = None
    ) -> Run:
        """A stored pending run, of a new project unless one is named."""
        project_id = project_id or self.add_project(scope=scope).id
        with self.storage.write() as uow:
            return uow.runs.insert(scope or self.scope, self.new_run(project_id, restart_of))

    def apply(self, *transitions: Transition) -> list[bool]:
        """Apply in one transaction; which of them won."""
        with self.storage.write() as uow:
            return [apply(uow, transition) for transition in transitions]

    def claimed(self, run_id: RunId) -> Transition:
        """The claim of a run."""
        return transitions.claimed(run_id, self.now(), SUPERVISOR, "boot")

    def started(self, run_id: RunId) -> Transition:
        """The start of a run."""
        return transitions.started(run_id, self.now(), SUPERVISOR, supervised=True)

    def ended(self, run_id: RunId, exit: ProcessExit = SUCCESS) -> Transition:
        """The end of a run."""
        return transitions.ended(run_id, self.ending(exit), Tree.PROVEN_EMPTY, self.now(), SUPERVISOR)

    def ending(self, exit: ProcessExit = SUCCESS) -> Ending:
        """An ending by a wait status."""
        return endings.from_exit(exit, self.now(), "shim", None)

    def lost(self, run_id: RunId) -> Transition:
        """The end of a run that nobody saw."""
        ending = endings.unknown(None, self.now(), "its keeper was gone")
        return transitions.ended(run_id, ending, Tree.ASSUMED_EMPTY, self.now(), SUPERVISOR)

    def amended(self, run_id: RunId, exit: ProcessExit = SUCCESS) -> Transition:
        """What came to light about a run that nobody saw end."""
        return transitions.amended(run_id, self.ending(exit), Tree.PROVEN_EMPTY, self.now(), SUPERVISOR)

    def withdrawn(self, run_id: RunId) -> Transition:
        """A run taken back while it waits."""
        ending = endings.withdrawn("bob", self.now())
        return transitions.withdrawn(run_id, ending, self.now(), "bob")

    def stop_requested(self, run_id: RunId, by: str = "bob") -> Transition:
        """Somebody wants the end of a run."""
        return transitions.stop_requested(run_id, self.now(), by, "person", 2.5)

    def stopping(self, run_id: RunId, **decided_on: object) -> Transition:
        """A supervisor begins the stop, which leaves ten seconds."""
        now = self.now()
        return transitions.stopping(run_id, now, now + timedelta(seconds=10), SUPERVISOR, "bob", decided_on)

    def grace_shortened(self, run_id: RunId, grace_seconds: float = 1.0, *, is_running: bool = False) -> Transition:
        """Somebody wants the end of a run sooner."""
        return transitions.grace_shortened(run_id, self.now(), "alice", grace_seconds, is_running=is_running)

    def add_running(self, project_id: ProjectId | None = None) -> Run:
        """A stored run whose program executes."""
        run = self.add_run(project_id)
        assert self.apply(self.claimed(run.id), self.started(run.id)) == [True, True]
        return self.get(run.id)

    def add_final(self, project_id: ProjectId | None = None, exit: ProcessExit = SUCCESS) -> Run:
        """A stored run that has ended."""
        run = self.add_run(project_id)
        assert self.apply(self.claimed(run.id), self.started(run.id), self.ended(run.id, exit)) == [True] * 3
        return self.get(run.id)

    def get(self, run_id: RunId) -> Run:
        """The run as stored, whoever's it is."""
        with self.storage.read() as uow:
            run = uow.host_runs.find(run_id)
        assert run is not None
        return run

    def new_webhook(self, scope: TenantScope | None = None, facts: Iterable[Fact] = BY_DEFAULT) -> Webhook:
        """A webhook that is not stored."""
        now = self.now()
        return Webhook(
            id=ids.new_webhook_id(now),
            tenant_id=(scope or self.scope).tenant_id,
            project_id=None,
            name=f"webhook {next(self._names)}",
            channel=ChannelKind.WEBHOOK,
            url="https://hooks.example.com/",
            facts=frozenset(facts),
            created_at=now,
            created_by="alice",
            secret=make_secret(),
        )

    def new_key(self, scope: TenantScope | None = None) -> ApiKey:
        """An API key that is not stored."""
        now = self.now()
        return ApiKey(ids.new_key_id(now), (scope or self.scope).tenant_id, "laptop", Role.MEMBER, "ap_1234", now)
