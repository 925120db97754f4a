"""One host as it is in production: a data directory, a database, a real keeper and a real supervisor.

Each part can be killed, frozen, thawed and started again. Promises that nothing which was started outlives the `with`
block, however it ends, and that at its end no process is left of a run that the books call final. Leaves to the tests
what to break; waiting is for rows and files, through `waiting`.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from addon_portal.domain import transitions
from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import (
    ProjectId,
    RunId,
    new_cleanup_id,
    new_host_id,
    new_project_id,
    new_run_id,
    new_tenant_id,
)
from addon_portal.domain.models import Definition, Host, JournalEntry, Run, StopSettings, Tenant, TenantScope
from addon_portal.domain.states import RunState
from addon_portal.domain.terms import NO_TERMS, Terms
from addon_portal.evidence.records import read_json
from addon_portal.storage import CleanupRequest, NewProject, NewRun, Storage, apply
from addon_portal.supervisor.options import SupervisorOptions
from tests.support.handles import Process
from tests.support.host_parts import PATIENCE_SECONDS, CagedKeeper, Leash, Service, find_processes_of, state_of
from tests.support.tables import open_with_tables
from tests.support.waiting import wait_until

_START_SUPERVISOR = (
    "import json, sys; from addon_portal.supervisor import daemon; from addon_portal.supervisor.options import "
    "SupervisorOptions; sys.exit(daemon.run(SupervisorOptions(**json.loads(sys.argv[1]))))"
)


class SupervisedHost:
    """See the module. Use as a context manager; `options` are those of the supervisor."""

    def __init__(self, root: Path, database_url: str | None = None, **options: Any) -> None:
        self.data = DataDirectory(root)
        self.url = database_url or f"sqlite:///{self.data.database}"
        self.options = options
        self.clock = SystemClock()
        self.keepers: list[CagedKeeper] = []
        self.services: list[Service] = []
        self.leashes: list[Leash] = []
        self.runs: list[RunId] = []

    def __enter__(self) -> Self:
        for directory in (self.data.keepers, self.data.run_root, self.data.logs, self.data.wake):
            directory.mkdir(mode=0o700, parents=True)
        self.storage = open_with_tables(self.url)
        now = self.clock.now()
        self.host_id, self.tenant_id = new_host_id(now), new_tenant_id(now)
        self.scope = TenantScope(self.tenant_id)
        self.mark_root()
        with self.storage.write() as uow:
            uow.hosts.upsert(Host(self.host_id, "here", None, None))
            uow.tenants.insert(Tenant(self.tenant_id, "acme", now))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._check_end()
        finally:
            self._end_everything()
        left = find_processes_of(self.runs)
        assert not left, f"processes outlive their host: {left}"

    def _check_end(self) -> None:
        """No leftovers of what is final, and supervisors that leave when they are asked to."""
        with self.storage.read() as uow:
            final = [i for i in self.runs if (run := uow.host_runs.find(i)) is not None and not run.is_active]
        left = find_processes_of(final)
        assert not left, f"processes outlive their final runs: {left}"
        for service in self.services:
            if service.is_running:
                service.thaw()
                assert service.terminate() == 0, self.log_tail()

    def _end_everything(self) -> None:
        for service in self.services:
            if service.is_running:
                service.kill()
        for keeper in self.keepers:
            keeper.open_cage()
        for keeper in self.keepers:
            keeper.wait()
        for leash in self.leashes:
            leash.close()
        self.storage.close()

    # The parts.

    def mark_root(self) -> None:
        """Write the run root's marker."""
        marker = {"installation": self.storage.installation_id, "host": self.host_id}
        self.data.run_root_marker.write_text(json.dumps(marker))

    def start_keeper(self, faultpoints: Mapping[str, str] | None = None) -> CagedKeeper:
        """Start a keeper and wait until it is ready."""
        self.keepers.append(CagedKeeper(self.data, faultpoints or {}))
        return self.keepers[-1]

    def supervisor_command(self) -> list[str]:
        """What starts a supervisor of this host."""
        options = SupervisorOptions(str(self.data.root), self.url, self.host_id, "here", **self.options)
        return [sys.executable, "-c", _START_SUPERVISOR, json.dumps(asdict(options))]

    def spawn_supervisor(self, inherit: Sequence[int] = (), faultpoints: Mapping[str, str] | None = None) -> Service:
        """Start a supervisor, which gets these descriptors too, and return at once."""
        self.services.append(Service(self.supervisor_command(), self.log, inherit, faultpoints))
        return self.services[-1]

    def start_supervisor(self, faultpoints: Mapping[str, str] | None = None) -> Service:
        """Start a supervisor and wait for its first sweep."""
        supervisor = self.spawn_supervisor(faultpoints=faultpoints)
        self.wait_for(lambda: self.host().supervisor_pid == supervisor.pid, "the first sweep")
        return supervisor

    def start(self) -> Self:
        """Start one of each."""
        self.start_keeper()
        self.start_supervisor()
        return self

    @property
    def keeper(self) -> CagedKeeper:
        """The newest keeper."""
        return self.keepers[-1]

    @property
    def supervisor(self) -> Service:
        """The newest supervisor."""
        return self.services[-1]

    def kill_everything(self, *run_ids: RunId) -> None:
        """SIGKILL supervisor, keeper, and the shims of these runs, as good as at once; programs live on."""
        shims = [self.shim(run_id) for run_id in run_ids]
        for pid in (self.supervisor.pid, self.keeper.pid):
            os.kill(pid, signal.SIGKILL)
        for shim in shims:
            shim.kill()
        self.supervisor.wait()
        for process in (self.keeper.process, *shims):
            process.wait()

    # What people ask for.

    def leash(self) -> Leash:
        """A new leash for a program."""
        place = self.data.root / "leashes"
        place.mkdir(exist_ok=True)
        self.leashes.append(Leash(place / str(len(self.leashes))))
        return self.leashes[-1]

    def project(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        working_directory: str | None = None,
        grace_seconds: float = 10.0,
        scope: TenantScope | None = None,
        terms: Terms = NO_TERMS,
    ) -> ProjectId:
        """Make a project with a command of its own."""
        now = self.clock.now()
        project_id = new_project_id(now)
        stop = StopSettings(grace_seconds=grace_seconds)
        definition = Definition(1, tuple(argv), None, {}, env or {}, working_directory, stop, now, terms)
        with self.storage.write() as uow:
            uow.projects.insert(scope or self.scope, NewProject(project_id, project_id, definition, now))
        return project_id

    def request(self, project_id: ProjectId, *, scope: TenantScope | None = None, **run: Any) -> RunId:
        """Ask for a run of a project, as the API does."""
        now = self.clock.now()
        new = NewRun(new_run_id(now), project_id, 1, self.host_id, now, "key:ada", workspace=project_id, **run)
        with self.storage.write() as uow:
            uow.runs.insert(scope or self.scope, new)
        self.runs.append(new.id)
        return new.id

    def run(self, *argv: str, **project: Any) -> RunId:
        """Make a project and ask for its run."""
        return self.request(self.project(argv, **project))

    def running(self, *argv: str, **project: Any) -> RunId:
        """As `run`, and wait until it is running."""
        run_id = self.run(*argv, **project)
        self.reach(run_id, RunState.RUNNING)
        return run_id

    def request_stop(self, run_id: RunId, grace_seconds: float | None = None, why: str = "person") -> None:
        """Ask for the end of a claimed run, as the API does."""
        move = transitions.stop_requested(run_id, self.clock.now(), "key:ada", why, grace_seconds)
        with self.storage.write() as uow:
            assert apply(uow, move)

    def shorten_grace(self, run_id: RunId, grace_seconds: float = 0.0, *, is_running: bool = True) -> None:
        """Ask for a run to end sooner that is to end, as the API does."""
        now = self.clock.now()
        move = transitions.grace_shortened(run_id, now, "key:bob", grace_seconds, is_running=is_running)
        with self.storage.write() as uow:
            assert apply(uow, move)

    def clean_up(self) -> Mapping[str, Any]:
        """Ask for a clean-up and return its report."""
        request = CleanupRequest(new_cleanup_id(self.clock.now()), self.host_id, self.clock.now(), "key:ada")
        with self.storage.write() as uow:
            uow.cleanups.insert(request)

        def report() -> Mapping[str, Any] | None:
            with self.storage.read() as uow:
                return uow.cleanups.get(request.id).report

        return self.wait_for(report, "the report of the clean-up") or {}

    # What the books say.

    def get(self, run_id: RunId) -> Run:
        """The run's row."""
        with self.storage.read() as uow:
            run = uow.host_runs.find(run_id)
        assert run is not None, f"{run_id} has no row"
        return run

    def host(self) -> Host:
        """The host's row."""
        with self.storage.read() as uow:
            return uow.hosts.get(self.host_id)

    def journal(self, run_id: RunId) -> list[JournalEntry]:
        """All that was recorded of a run, in order."""
        with self.storage.read() as uow:
            return list(uow.journal.list_for_run(self.scope, run_id))

    def kinds(self, run_id: RunId) -> list[str]:
        """What kinds of things were recorded of a run, in order."""
        return [entry.kind for entry in self.journal(run_id)]

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for a condition; a failure shows the supervisor's log."""
        try:
            return wait_until(condition, what, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log_tail()}") from None

    def await_run(self, run_id: RunId, condition: Callable[[Run], bool], what: str) -> Run:
        """Wait until a run's row fulfils a condition."""

        def look() -> Run | None:
            seen.append(self.get(run_id))
            return seen[-1] if condition(seen[-1]) else None

        seen: list[Run] = []
        try:
            found: Run = self.wait_for(look, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\nlast seen: {seen[-1]}") from None
        return found

    def reach(self, run_id: RunId, state: RunState) -> Run:
        """Wait until a run is in a state."""
        return self.await_run(run_id, lambda run: run.state is state, f"{run_id} to be {state}")

    def reach_or_pass(self, run_id: RunId, state: RunState) -> Run:
        """Wait until a run is in a state, or final already."""
        return self.await_run(run_id, lambda run: run.state is state or not run.is_active, f"{run_id} to be {state}")

    def final(self, run_id: RunId) -> Run:
        """Wait until a run is final."""
        return self.await_run(run_id, lambda run: not run.is_active, f"{run_id} to be final")

    def reach_condition(self, run_id: RunId, *conditions: str) -> Run:
        """Wait until the supervisor says exactly these conditions of a run."""
        wanted = frozenset(conditions)
        return self.await_run(run_id, lambda run: run.conditions == wanted, f"{run_id} to be {set(conditions)}")

    def await_sweep(self) -> None:
        """Wait until a sweep is complete that began after this call."""
        now = self.clock.now()
        self.wait_for(lambda: (seen := self.host().observed_at) is not None and seen > now, "a complete sweep")

    def await_reaped(self, pid: int) -> None:
        """Wait until nothing is left of a process, not even its zombie."""
        self.wait_for(lambda: state_of(pid) is None, f"process {pid} to be reaped")

    @property
    def log(self) -> Path:
        """What supervisors have said."""
        return self.data.logs / "supervisor.log"

    def log_tail(self) -> str:
        """The end of that."""
        return "\n".join(self.log.read_text().splitlines()[-40:]) if self.log.exists() else "(no log)"

    # What the evidence says.

    def directory(self, run_id: RunId) -> Path:
        """The run's directory."""
        return self.data.run_directory(run_id)

    def record(self, run_id: RunId, name: str) -> dict[str, Any]:
        """A record of the run, once it is there."""
        path = self.directory(run_id) / f"{name}.json"
        record: dict[str, Any] = self.wait_for(lambda: read_json(path), f"{path.name} of {run_id}")
        return record

    def has(self, run_id: RunId, name: str) -> bool:
        """Whether a record is there now."""
        return (self.directory(run_id) / f"{name}.json").exists()

    def output(self, run_id: RunId) -> bytes:
        """What the program wrote, so far."""
        return (self.directory(run_id) / "output.log").read_bytes()

    def program(self, run_id: RunId) -> Process:
        """The program of a run that was started."""
        return Process(self.record(run_id, "child")["pid"])

    def shim(self, run_id: RunId) -> Process:
        """Its shim."""
        return Process(self.record(run_id, "child")["shim"]["pid"])

    def processes_of(self, *run_ids: RunId) -> list[int]:
        """The living processes of these runs."""
        return sorted(find_processes_of(run_ids))

    def assert_interval_holds(self, run: Run, ended_at: float) -> None:
        """The interval that an unknown ending names contains the moment that the test knows (seconds of wall time)."""
        assert run.ending
        facts: Any = run.ending["facts"]
        earliest, latest = (from_text(facts[name]).timestamp() for name in ("last_seen_alive_at", "found_dead_at"))
        assert earliest <= ended_at <= latest, (earliest, ended_at, latest)

    # The database.

    def copy_database(self, to: Path) -> None:
        """Copy the SQLite file as a careful administrator does: nobody has it open, nothing is left in the log."""
        self.storage.close()
        self.storage = Storage.open(self.url, clock=self.clock)
        shutil.copy(self.data.database, to)

    def restore_database(self, copy: Path) -> None:
        """Put an older copy in place, as another file under the same name."""
        self.storage.close()
        new = self.data.root / "restored.db"
        shutil.copy(copy, new)
        for suffix in ("-wal", "-shm"):
            Path(f"{self.data.database}{suffix}").unlink(missing_ok=True)
        new.rename(self.data.database)
        self.storage = Storage.open(self.url, clock=self.clock)
