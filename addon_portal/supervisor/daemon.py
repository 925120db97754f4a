"""The supervisor's loop: wait for an event, look at what it concerns, record what is proven.

Single-threaded over one selector. All it knows is in the database, the run directories and the kernel, so it may be
killed at any instruction; the next one takes over by doing the same from the start. A database that is away delays
records, never looks: what was seen is still to be seen when it is back. Imports no web framework.
"""

import heapq
import math
import os
import selectors
import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from addon_portal.domain.clock import Clock, SystemClock
from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import Run
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.keeper_client import groups_beside_keeper
from addon_portal.executors.local import LocalExecutor
from addon_portal.executors.processes.selection import choose, open_processes
from addon_portal.storage import Storage, StorageError, UnitOfWork, wakeups
from addon_portal.supervisor.adopter import Adopter, Found
from addon_portal.supervisor.bulk_restarter import BulkRestarter
from addon_portal.supervisor.cleanup import CleanupReport, answer_cleanups
from addon_portal.supervisor.fetcher import AT_ONCE, Fetcher
from addon_portal.supervisor.filler import Filler
from addon_portal.supervisor.instance_lock import InstanceLock
from addon_portal.supervisor.launcher import Launcher
from addon_portal.supervisor.options import SupervisorOptions
from addon_portal.supervisor.restarter import Restarter
from addon_portal.supervisor.retention import Retention
from addon_portal.supervisor.said import Discretion
from addon_portal.supervisor.scheduler import Scheduler
from addon_portal.supervisor.watcher import Watcher

if TYPE_CHECKING:
    from addon_portal.executors.base import Executor

log = structlog.get_logger()

SWEEP_SECONDS = 1.0
"""Every run is looked at this often even if nothing happens; three missed sweeps make a host unreachable."""
AWAY_SECONDS = 1.5
"""No wait is longer than a sweep, so whoever took so long from turn to turn was not there to look."""
_RETRY_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
"""What is left unanswered for this long is given up: programs need us meanwhile. psycopg connects no faster."""
_SAY_AWAY_SECONDS = 60.0
_UNKNOWN_AT_ONCE = 100


class Supervisor:
    """One supervisor of one host."""

    def __init__(self, options: SupervisorOptions, storage: Storage, executor: "Executor", clock: Clock) -> None:
        self._options = options
        self._storage = storage
        self._executor = executor
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._dirty: dict[RunId, None] = {}
        self._later: list[tuple[float, RunId]] = []
        self._due: dict[RunId, float] = {}
        self._leaving = False
        self._woken = True
        self._last_turn = clock.monotonic()
        self._next_sweep = 0.0
        self._next_cleanup = 0.0
        self._away_until = 0.0
        """While the database is away: when to ask for it again."""
        self._say_away_again = 0.0
        self._last_unknown = 0
        self._blocked: dict[ProjectId, RunId] = {}
        self._filler = Filler(options.data, self.wake)
        self._fetcher = Fetcher(storage, options, clock)
        self._retention = Retention(storage, options, clock)
        self._restarter = Restarter(options.actor, clock, executor.boot_id)
        self._bulk_restarter = BulkRestarter(options.host_id, clock)
        self._scheduler = Scheduler(options.host_id, clock)
        self._launcher = Launcher(storage, executor, options, clock, self._filler, self._on_claimed, self._restarter)
        start_again, check = self._launcher.start_again, self._launcher.check
        self._watcher = Watcher(
            executor, options.actor, clock, start_again, check, self._look_later, self._restarter, Discretion(storage)
        )
        self._adopter = Adopter(storage, executor, options.host_id, options.actor)

    def run(self) -> None:
        """Supervise until SIGTERM, SIGINT or the end of our parent. Raises StorageError only before the first sweep."""
        listener = self._storage.listen(wakeups.supervisor(self._options.host_id))
        self._listen(listener.fileno(), lambda: self._on_wake(listener.drain))
        self._listen_to_parent()
        self._listen_to_signals()
        try:
            self.take_over()
            while not self._leaving:
                self.turn()
        finally:
            listener.close()
            self._executor.close()

    def turn(self) -> None:
        """Wait for the next event or what is due, and do what came of it."""
        for key, _ in self._selector.select(self._seconds_to_next()):
            key.data()
        before, self._last_turn = self._last_turn, self._clock.monotonic()
        if self._last_turn - before > AWAY_SECONDS:
            self._watcher.came_back()  # we were frozen, or the machine was
        if self._clock.monotonic() < self._away_until:
            return
        try:
            if self._away_until:
                self._come_back()
            if self._woken:
                self._woken = False
                self._serve_requests()
            self._look_at_due()
            if self._clock.monotonic() >= self._restarter.next_due:
                self._restarter.make_due(self._storage)
            if self._bulk_restarter.has_work:
                self._bulk_restarter.work(self._storage)
            if self._scheduler.seconds_to_next <= 0:
                self._scheduler.make_due(self._storage)
            if self._clock.monotonic() >= self._next_sweep:
                self._sweep()
        except (StorageError, StorageBusy) as error:
            if self._clock.monotonic() >= self._say_away_again:
                log.warning("database_away", error=str(error))
                self._say_away_again = self._clock.monotonic() + _SAY_AWAY_SECONDS
            self._woken = True
            self._next_cleanup = 0.0  # A commit that got no answer may still come: read all that is claimed then.
            # What programs need of us, such as their output read or a kill at its deadline, needs no database.
            self._watcher.look(list(self._watcher.runs))
            self._away_until = self._clock.monotonic() + _RETRY_SECONDS

    def _come_back(self) -> None:
        """The database may be there again; what was being written when it went may have been written or not."""
        with self._storage.read() as uow:
            self._watcher.learn(uow.host_runs.list_claimed(self._options.host_id))
        self._away_until = 0.0

    def take_over(self) -> None:
        """Settle what the books say is active, find what they have lost, and only then start anything."""
        self._executor.attach(self._selector, self._look_within)
        self._filler.attach(self._selector)
        with self._storage.write() as uow:
            uow.journal.skip_numbers()
        with self._storage.read() as uow:
            self._watcher.observed_at = uow.hosts.get(self._options.host_id).observed_at
            self._watcher.take_over(uow.host_runs.list_claimed(self._options.host_id))
        self._launcher.claim_launched()
        self._settle(list(self._watcher.runs))
        self._clean_up(self._clock.now(), thoroughly=True)
        self._executor.remove_leftovers({*self._watcher.runs, *self._blocked.values()})
        self._sweep()

    def _serve_requests(self) -> None:
        """What people asked for: starts first, since somebody waits for their first line."""
        with self._storage.read() as uow:
            waiting = self._launcher.list_waiting(uow)
            stops = uow.host_runs.list_stop_requested(self._options.host_id)
            cleanups = uow.cleanups.list_open(self._options.host_id)
        if self._launcher.claim(waiting, self._watcher.runs, self._blocked):
            self._woken = True
        self._dirty.update(dict.fromkeys(self._watcher.learn_stops(stops)))
        if cleanups:
            report = self._clean_up(self._clock.now(), thoroughly=True)
            answer_cleanups(self._storage, cleanups, report, self._clock.now())

    def _look_at_due(self) -> None:
        while self._later and self._later[0][0] <= self._clock.monotonic():
            due, run_id = heapq.heappop(self._later)
            if self._due.get(run_id) == due:
                del self._due[run_id]
                self._look_now(run_id)
        if self._dirty:
            self._settle(list(self._dirty))

    def _settle(self, run_ids: list[RunId]) -> CleanupReport:
        """Look at runs and record what is proven of them; they stay due until that is written."""
        self._dirty.update(dict.fromkeys(run_ids))
        batch = self._watcher.look(run_ids)
        won = self._watcher.commit(self._storage, batch)
        for run_id in run_ids:
            self._dirty.pop(run_id, None)
            if run_id not in self._watcher.runs:
                self._due.pop(run_id, None)
                self._woken |= self._launcher.somebody_waits  # A place has become free.
        return CleanupReport(looked_at=len(run_ids), changed=won)

    def _sweep(self) -> CleanupReport:
        """Look at every run, then commit that everything was looked at, as of the beginning."""
        began, started = self._clock.now(), self._clock.monotonic()
        self._executor.tick()
        report = self._settle(list(self._watcher.runs))
        self._record_observed(began)
        self._next_sweep = started + SWEEP_SECONDS
        self._woken = True  # Wake-ups may be lost too.
        if self._blocked:
            self._import(self._adopter.import_runs(self._blocked.values(), began))
        interval = self._options.cleanup_interval_seconds
        if interval and started >= self._next_cleanup:
            self._clean_up(began)
        return report

    def _record_observed(self, began: datetime) -> None:
        with self._storage.write() as uow:
            self._watcher.store_last_alive(uow)
            self._watcher.store_said(uow)
            limit = self._options.max_concurrent_runs
            awaiting = uow.hosts.record_observed(
                self._options.host_id, began, self._executor.boot_id, os.getpid(), limit
            )
            self._fetcher.take(uow.code_requests.list_open(self._options.host_id, AT_ONCE))
        self._watcher.sweep_is_stored(began)
        self._bulk_restarter.has_work = awaiting.bulk_restart
        self._retention.take_turn(is_asked_for=awaiting.retention)
        self._scheduler.learn(awaiting)

    def _clean_up(self, now: datetime, *, thoroughly: bool = False) -> CleanupReport:
        """A sweep over what no event will ever tell: rows we do not hold, lost rows, outcomes that were unknown.

        Looking for lost rows reads the names of all run directories there ever were; that is done only if somebody
        asks for it, or if a row that we held is gone, so that the database must have been replaced.
        """
        self._next_cleanup = self._clock.monotonic() + self._options.cleanup_interval_seconds
        with self._storage.read() as uow:
            claimed = uow.host_runs.list_claimed(self._options.host_id)
            self._restarter.learn(
                uow.scheduled_restarts.list_for_host(self._options.host_id), {run.id for run in claimed}
            )
            unknown = self._list_unknown(uow, every_one=thoroughly)
        some_are_gone = self._watcher.let_go_of_others(claimed)
        self._watcher.learn(claimed)
        imported: list[Run] = []
        if thoroughly or some_are_gone:
            imported = self._import(self._adopter.import_lost_runs(now))
        amended = self._watcher.commit(self._storage, self._watcher.amend(unknown))
        report = self._settle(list(self._watcher.runs))
        self._launcher.explain(self._watcher.runs, self._blocked)
        return CleanupReport(report.looked_at + len(unknown), [*report.changed, *amended], imported)

    def _list_unknown(self, uow: UnitOfWork, *, every_one: bool) -> list[Run]:
        """Runs that later evidence may amend: all of them, or the next few, so that each has its turn."""
        unknown: list[Run] = []
        after_seq = 0 if every_one else self._last_unknown
        while True:
            some = uow.host_runs.list_unknown(self._options.host_id, after_seq=after_seq, limit=_UNKNOWN_AT_ONCE)
            unknown += some
            after_seq = some[-1].seq if len(some) == _UNKNOWN_AT_ONCE else 0
            if not after_seq or not every_one:
                self._last_unknown = after_seq
                return unknown

    def _import(self, found: Found) -> list[Run]:
        """Take over what was found, and remember which projects cannot start anything now."""
        self._watcher.learn(found.imported)
        if found.blocked != self._blocked:
            self._blocked = found.blocked
            self._woken = True
        return found.imported

    def _on_claimed(self, run: Run) -> None:
        self._watcher.learn([run])
        self._look_later(run.id, SWEEP_SECONDS)

    def _look_now(self, run_id: RunId) -> None:
        if run_id in self._watcher.runs:  # what is said of others comes late: they are final
            self._dirty[run_id] = None

    def _look_within(self, run_id: RunId, seconds: float) -> None:
        if not seconds:
            self._look_now(run_id)
        elif run_id in self._watcher.runs:
            self._look_later(run_id, seconds)

    def _look_later(self, run_id: RunId, after_seconds: float) -> None:
        due = self._clock.monotonic() + after_seconds
        if due < self._due.get(run_id, math.inf):
            self._due[run_id] = due
            heapq.heappush(self._later, (due, run_id))

    def _seconds_to_next(self) -> float:
        if self._away_until:
            return max(0.0, self._away_until - self._clock.monotonic())
        if self._woken or self._dirty or self._bulk_restarter.has_work:
            return 0.0
        while self._later and self._due.get(self._later[0][1]) != self._later[0][0]:
            heapq.heappop(self._later)  # Of a run that has ended, or that is looked at sooner.
        due = min(self._next_sweep, self._restarter.next_due, self._later[0][0] if self._later else math.inf)
        return max(0.0, min(due - self._clock.monotonic(), self._scheduler.seconds_to_next))

    def wake(self) -> None:
        """Somebody has asked for something: look at the database in the next turn."""
        self._woken = True

    def _on_wake(self, drain: Callable[[], None]) -> None:
        drain()
        self.wake()

    def _leave(self) -> None:
        self._leaving = True

    def _listen(self, descriptor: int, callback: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, callback)

    def _listen_to_parent(self) -> None:
        if self._options.parent_fd is not None:
            # The parent never writes: readable means that it is gone, however it died.
            self._listen(self._options.parent_fd, self._leave)

    def _listen_to_signals(self) -> None:
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._leave())
        self._listen(reader, lambda: _discard(reader))


def _discard(descriptor: int) -> None:
    os.read(descriptor, 512)


def run(options: SupervisorOptions) -> int:
    """Supervise one host until told to leave; returns the exit code.

    Raises AlreadySupervised, IdentityUnavailable and StorageError.
    """
    with InstanceLock(options.data.supervisor_lock):
        clock = SystemClock()
        identity = choose(options.process_identity)
        storage = Storage.open(options.database_url, clock=clock, patience_seconds=_PATIENCE_SECONDS)
        try:
            storage.check_schema()
            log.info("supervisor_started", pid=os.getpid(), host_id=options.host_id, process_identity=identity)
            beside = partial(groups_beside_keeper, options.data.keepers)
            groups = ControlGroups(options.data.root, options.control_groups, beside)
            executor = LocalExecutor(options.data, clock, open_processes(identity), groups)
            Supervisor(options, storage, executor, clock).run()
        finally:
            storage.close()
    log.info("supervisor_left")
    return 0
