"""A supervisor on real storage whose host, clock and turns are the test's.

For what real processes cannot show quickly or exactly. Nothing happens between two turns, and time passes only when the
test says so.
"""

import selectors
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typing_extensions import override

from addon_portal.domain import transitions
from addon_portal.domain.ids import (
    ProjectId,
    RunId,
    new_cleanup_id,
    new_host_id,
    new_project_id,
    new_run_id,
    new_tenant_id,
)
from addon_portal.domain.models import (
    Definition,
    Host,
    JournalEntry,
    RestartCause,
    Run,
    StopSettings,
    Tenant,
    TenantScope,
)
from addon_portal.domain.restarts import repeat
from addon_portal.domain.terms import NO_TERMS, Terms
from addon_portal.storage import CleanupRequest, NewProject, NewRun, Storage, apply
from addon_portal.supervisor.daemon import Supervisor
from addon_portal.supervisor.options import SupervisorOptions
from tests.support.fake_executor import FakeExecutor
from tests.support.fake_host import FakeHost
from tests.support.tables import open_with_tables

BEGINNING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stepped_by = 0.0

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds + self.stepped_by)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def step(self, seconds: float) -> None:
        """Set the wall clock, by hand or by NTP; no time passes."""
        self.stepped_by += seconds


class Impatient(selectors.DefaultSelector):
    """Does not wait: time passes when the test says so."""

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(0)


class Desk:
    """A supervisor, what it reads and writes, and what it looks at."""

    def __init__(self, url: str, place: Path, **options: Any) -> None:
        self.clock = HandClock()
        self.storage = open_with_tables(url, busy_timeout_seconds=0.05)
        self.host = FakeHost(self.clock)
        self.host_id = new_host_id(self.clock.now())
        self.options = SupervisorOptions(str(place), url, self.host_id, "here", **options)
        with self.storage.write() as uow:
            uow.hosts.upsert(Host(self.host_id, "here", None, None))
        self.scope = self.add_tenant("acme")
        self.start_supervisor()

    def start_supervisor(self) -> None:
        """A new one, which remembers nothing; it takes over at its first `turn`."""
        self.executor = FakeExecutor(self.host)
        self.supervisor = Supervisor(self.options, self.storage, self.executor, self.clock)
        self.supervisor._selector = Impatient()
        self._has_taken_over = False

    def close(self) -> None:
        """End it."""
        self.executor.close()
        self.storage.close()

    def restart_supervisor(self) -> None:
        """Another takes over."""
        self.executor.close()
        self.start_supervisor()

    def turn(self, seconds: float = 1.0) -> None:
        """Let time pass, by default up to the next sweep, and the supervisor do what is due."""
        self.clock.advance(seconds)
        if not self._has_taken_over:
            self._has_taken_over = True
            self.supervisor.take_over()
        self.supervisor.turn()

    def settle(self) -> None:
        """Turns that take no time to speak of: for what follows at once from what has just happened."""
        for _ in range(6):
            self.supervisor.wake()
            self.turn(0.001)

    # What people ask for.

    def add_tenant(self, name: str, max_concurrent_runs: int | None = None) -> TenantScope:
        """A tenant with a limit."""
        tenant_id = new_tenant_id(self.clock.now())
        with self.storage.write() as uow:
            uow.tenants.insert(Tenant(tenant_id, name, self.clock.now(), max_concurrent_runs))
        return TenantScope(tenant_id)

    def add_project(
        self, scope: TenantScope | None = None, grace_seconds: float = 10.0, terms: Terms = NO_TERMS
    ) -> ProjectId:
        """A project with a command of its own."""
        now = self.clock.now()
        project_id = new_project_id(now)
        stop = StopSettings(15, grace_seconds)
        definition = Definition(1, ("work",), None, {}, {"A": "1"}, None, stop, now, terms)
        with self.storage.write() as uow:
            uow.projects.insert(scope or self.scope, NewProject(project_id, project_id, definition, now))
        return project_id

    def request(self, project_id: ProjectId | None = None, scope: TenantScope | None = None) -> RunId:
        """A run of a project."""
        project_id = project_id or self.add_project(scope)
        now = self.clock.now()
        new = NewRun(new_run_id(now), project_id, 1, self.host_id, now, "key:ada", workspace=project_id)
        with self.storage.write() as uow:
            return uow.runs.insert(scope or self.scope, new).id

    def running(self, terms: Terms = NO_TERMS) -> RunId:
        """A run that is running."""
        run_id = self.request(self.add_project(terms=terms))
        self.settle()
        assert self.get(run_id).state == "running"
        return run_id

    def unsupervised(self, terms: Terms = NO_TERMS) -> RunId:
        """A run whose shim and keeper are dead."""
        run_id = self.running(terms)
        self.host.kill_shim(run_id)
        self.host.kill_keeper()
        self.turn()
        assert self.get(run_id).conditions == {"unsupervised"}
        return run_id

    def request_stop(self, run_id: RunId, grace_seconds: float | None = None) -> None:
        """Ask for its end."""
        with self.storage.write() as uow:
            assert apply(uow, transitions.stop_requested(run_id, self.clock.now(), "key:ada", "person", grace_seconds))

    def clean_up(self) -> Mapping[str, Any]:
        """The report of a clean-up."""
        request = CleanupRequest(new_cleanup_id(self.clock.now()), self.host_id, self.clock.now(), "key:ada")
        with self.storage.write() as uow:
            uow.cleanups.insert(request)
        self.settle()
        with self.storage.read() as uow:
            report = uow.cleanups.get(request.id).report
        assert report is not None
        return report

    # What the books say.

    def get(self, run_id: RunId) -> Run:
        """The run's row."""
        run = self.find(run_id)
        assert run is not None
        return run

    def find(self, run_id: RunId) -> Run | None:
        """The run's row, if there is one."""
        with self.storage.read() as uow:
            return uow.host_runs.find(run_id)

    def journal(self, run_id: RunId) -> list[JournalEntry]:
        """All that was recorded of it."""
        with self.storage.read() as uow:
            return list(uow.journal.list_for_run(self.scope, run_id))

    def kinds(self, run_id: RunId) -> list[str]:
        """What kinds of things were recorded of it."""
        return [entry.kind for entry in self.journal(run_id)]

    def observed_at(self) -> datetime | None:
        """When the last complete sweep began."""
        with self.storage.read() as uow:
            return uow.hosts.get(self.host_id).observed_at


def replace_run(storage: Storage, run_id: RunId, at: datetime, *, confirmed: bool = False) -> RunId:
    """Have an active run stopped and followed by a restart, as the API does; what the new run will be called."""
    with storage.write() as uow:
        run = uow.host_runs.find(run_id)
        assert run is not None
        if not apply(uow, transitions.stop_requested(run_id, at, "key:ada", "replaced", None)):
            assert apply(uow, transitions.replacement_requested(run_id, at, "key:ada"))
        restart = repeat(run, new_run_id(at), RestartCause.REQUEST, "it was asked to be stopped first", at, "key:ada")
        assert uow.scheduled_restarts.schedule(replace(restart, confirmed=confirmed))
    return restart.run_id
