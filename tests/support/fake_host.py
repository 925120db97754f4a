"""What lies outside a supervisor (disk, kernel, keeper, programs) as a few values that a test changes.

It outlives `FakeExecutor`, so a second one on the same host is a restart. Nothing here happens by itself.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from signal import SIGKILL

from addon_portal.domain.clock import Clock, SystemClock
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import (
    CheckRecord,
    ChildRecord,
    DoneRecord,
    ExitRecord,
    NotifyRecord,
    ProcessIdentity,
    RunRecords,
    SentSignal,
    StartErrorRecord,
    StopRecord,
)
from addon_portal.domain.terms import terms_from_json
from addon_portal.domain.verdict import Liveness, Lock

Listener = Callable[[RunId], None]


@dataclass(slots=True)
class FakeRun:
    """One run as the host holds it. `status` is how the program ended, whether or not anybody has recorded it."""

    spec: Mapping[str, object]
    lock: Lock = Lock.MISSING
    records: RunRecords = field(default_factory=RunRecords)
    program: Liveness = Liveness.UNKNOWN
    status: int | None = None
    gate_held: bool = False
    shim_is_frozen: bool = False
    leftovers: int = 0
    damaged: str | None = None
    is_lost: bool = False
    output_taken_over: bool = False
    signals: tuple[SentSignal, ...] = ()
    check_runs: bool = False
    said: NotifyRecord | None = None
    ends_before_signals: bool = False
    """Whether its program ends with 0 in the moment before it would get the first signal."""


class FakeHost:
    """Disk, kernel, keeper and programs."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.boot_id = "boot-of-the-fake"
        self.runs: dict[RunId, FakeRun] = {}
        self.starts: list[RunId] = []
        """The runs whose programs have begun, in that order."""
        self.environments: dict[RunId, Mapping[str, str]] = {}
        self.is_mounted = True
        self.keeper_is_dead = False
        self.keeper_is_frozen = False
        self.holds_gates = False
        self.disk_is_full = False
        self.patience_seconds = 0.0
        """How long a keeper is waited for before it is called silent."""
        self.is_stubborn = False
        self.trees_linger = False
        """Shims record how their programs ended, and do not get done with what is left."""
        self.kernel_tells = True
        self.cannot_prepare: dict[str, OSError] = {}
        """What making a step's directory fails with, by the step's name."""
        self.before_prepare: Listener = lambda _: None
        """Called when a run is about to be prepared: what others do meanwhile."""
        self.checks: list[RunId] = []
        """The success checks that were begun, in that order."""
        self._pids = itertools.count(1000)
        self._asked: list[RunId] = []
        self._listeners: list[Listener] = []

    # What a keeper does.

    def ask_start(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        """A request reaches the keeper's socket."""
        self.environments[run_id] = environment
        self._asked.append(run_id)
        self._serve()

    def freeze_keeper(self) -> None:
        """It answers nothing and records nothing."""
        self.keeper_is_frozen = True

    def thaw_keeper(self) -> None:
        """It does all that it was asked for and all that has happened meanwhile."""
        self.keeper_is_frozen = False
        self._serve()

    def kill_keeper(self) -> None:
        """Whatever it had adopted is reaped by somebody who records nothing."""
        self.keeper_is_dead = True
        for run in self.runs.values():
            if run.lock is Lock.FREE and run.program is Liveness.ZOMBIE:
                run.program = Liveness.DEAD

    @property
    def keeper_works(self) -> bool:
        """Whether it does what it is asked for."""
        return not self.keeper_is_dead and not self.keeper_is_frozen

    def _serve(self) -> None:
        if not self.keeper_works:
            return
        asked, self._asked = self._asked, []
        for run_id in asked:
            if self.runs[run_id].lock is Lock.MISSING:
                self._start(run_id)
        for run_id, run in self.runs.items():
            if run.lock is Lock.FREE and run.program is Liveness.ZOMBIE:
                self._record_exit(run_id, "keeper")

    def _start(self, run_id: RunId) -> None:
        run = self.runs[run_id]
        number = next(self._pids)
        program, shim = (ProcessIdentity(self.boot_id, 1, 1, pid, pid, pid) for pid in (number, number + 5000))
        terms = terms_from_json(run.spec.get("terms"))  # type: ignore[arg-type]
        child = ChildRecord(program, self.clock.now(), shim, "keeper", self.clock.monotonic(), terms)
        run.lock, run.program, run.gate_held = Lock.HELD, Liveness.ALIVE, True
        run.records = replace(run.records, child=child)
        if not self.holds_gates:
            self.open_gate(run_id)

    # What programs and shims do.

    def open_gate(self, run_id: RunId) -> None:
        """The program begins, unless a stop is on disk."""
        run = self.runs[run_id]
        run.gate_held = False
        if run.records.stop is None:
            self.starts.append(run_id)
            self.changed(run_id)
        else:
            self._close_gate(run_id)

    def finish(self, run_id: RunId, wait_status: int = 0, *, leftovers: int = 0) -> None:
        """The program ends by itself; `leftovers` of its processes live on until somebody ends them."""
        run = self.runs[run_id]
        assert run.program is Liveness.ALIVE
        run.program, run.status, run.leftovers = Liveness.ZOMBIE, wait_status, leftovers
        if run.lock is Lock.HELD:
            self._serve_shim(run_id)
        elif self.keeper_is_dead:
            run.program = Liveness.DEAD
        else:
            self._serve()
        self.changed(run_id)

    def begin_check(self, run_id: RunId) -> None:
        """A process evaluates the success check, unless one does or has done."""
        run = self.runs[run_id]
        if not run.check_runs and run.records.check is None:
            run.check_runs = True
            self.checks.append(run_id)

    def end_check(self, run_id: RunId, problem: str | None = None) -> None:
        """It has come to an end, and says so."""
        run = self.runs[run_id]
        assert run.check_runs
        run.check_runs = False
        run.records = replace(run.records, check=CheckRecord(self.clock.now(), problem))
        self.changed(run_id)

    def kill_check(self, run_id: RunId) -> None:
        """It says nothing any more."""
        self.runs[run_id].check_runs = False

    def freeze_shim(self, run_id: RunId) -> None:
        """It records nothing until it is thawed."""
        self.runs[run_id].shim_is_frozen = True

    def thaw_shim(self, run_id: RunId) -> None:
        """It does what is due."""
        self.runs[run_id].shim_is_frozen = False
        self._serve_shim(run_id)
        self.changed(run_id)

    def kill_shim(self, run_id: RunId) -> None:
        """Its program lives on, or never begins if it still waits at the gate."""
        run = self.runs[run_id]
        run.lock = Lock.FREE
        if run.gate_held:
            self._close_gate(run_id)
        self._serve()
        self.changed(run_id)

    def _serve_shim(self, run_id: RunId) -> None:
        run = self.runs[run_id]
        if run.shim_is_frozen or run.lock is not Lock.HELD:
            return
        stop = run.records.stop
        if stop is not None and run.program is Liveness.ALIVE and not run.gate_held:
            run.program, run.status = Liveness.ZOMBIE, 0 if run.ends_before_signals else stop.signal
            if not run.ends_before_signals:
                run.signals = (SentSignal(stop.signal, self.clock.now(), "stop"),)
        if run.program is Liveness.ZOMBIE and not run.gate_held:
            self._record_exit(run_id, "shim")
        if run.records.exit is not None and not self.trees_linger:
            self._record_done(run_id, "shim")

    def _close_gate(self, run_id: RunId) -> None:
        run = self.runs[run_id]
        run.gate_held, run.program, run.lock = False, Liveness.DEAD, Lock.FREE
        error = StartErrorRecord("gate_closed", 125, "the gate was closed before it opened", self.clock.now())
        run.records = replace(run.records, start_error=error)
        self.changed(run_id)

    def _record_exit(self, run_id: RunId, by: str) -> None:
        run = self.runs[run_id]
        assert run.records.child
        assert run.status is not None
        pid = run.records.child.program.pid
        record = ExitRecord(pid, ProcessExit(run.status), self.clock.now(), by, run.signals)
        run.records, run.program = replace(run.records, exit=record), Liveness.DEAD
        self.changed(run_id)

    def _record_done(self, run_id: RunId, by: str) -> None:
        run = self.runs[run_id]
        record = DoneRecord(self.clock.now(), "no_children", run.leftovers, 0, by)
        run.records, run.leftovers, run.lock = replace(run.records, done=record), 0, Lock.FREE
        self.changed(run_id)

    # What a supervisor may do to processes.

    def write_stop(self, run_id: RunId, stop: StopRecord) -> StopRecord:
        """The first request stays, but for a deadline that comes earlier."""
        run = self.runs[run_id]
        earlier = run.records.stop
        stands = stop if earlier is None else earlier.ending_by(stop)
        run.records = replace(run.records, stop=stands)
        return stands

    def wake_shim(self, run_id: RunId) -> None:
        """SIGCONT and SIGUSR1 reach the shim."""
        if run_id in self.runs and self.runs[run_id].lock is Lock.HELD:
            self.thaw_shim(run_id)

    def signal_program(self, run_id: RunId, number: int, why: str) -> None:
        """The program ends of any signal, a stubborn one of SIGKILL only."""
        run = self.runs[run_id]
        if run.program is not Liveness.ALIVE or run.records.stop is None:
            return
        sent = (*run.records.stop.signals, SentSignal(number, self.clock.now(), why))
        run.records = replace(run.records, stop=replace(run.records.stop, signals=sent))
        if number == SIGKILL or not self.is_stubborn:
            self.finish(run_id, number, leftovers=run.leftovers)

    def end_leftovers(self, run_id: RunId) -> bool:
        """Through the keeper, which writes the proof; False where there is none and nothing is proven."""
        if self.keeper_is_dead:
            self.runs[run_id].leftovers = 0
            return False
        if self.keeper_works and self.runs[run_id].records.done is None:
            self._record_done(run_id, "keeper")
        return True

    def changed(self, run_id: RunId) -> None:
        """Tell every supervisor that listens."""
        for listener in self._listeners:
            listener(run_id)

    def listen(self, listener: Listener) -> None:
        """Have a supervisor told of changes."""
        self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        """Tell it no more."""
        self._listeners.remove(listener)
