"""An executor without processes: its host (`fake_host.py`) is a few values that a test changes.

`FakeExecutor` is what one supervisor remembers, so a second one on the same host is a restart. It is trusted because it
passes `tests/contract/executors/`, the suite of the real one. Leaves time to the test: nothing here happens by itself.
"""

import contextlib
import errno
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from selectors import EVENT_READ, BaseSelector
from signal import SIGKILL

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import StopSettings
from addon_portal.domain.records import (
    ChildRecord,
    StopRecord,
)
from addon_portal.domain.verdict import Keeper, Liveness, Lock, RunEvidence, Tree
from addon_portal.evidence.records import DamagedRecord
from addon_portal.executors.base import CannotPrepare, KnownRun, LaunchOrder, OnChange, Prepared
from tests.support.fake_host import FakeHost, FakeRun


@dataclass(slots=True)
class _Remembered:
    """What is lost with the supervisor: whether it holds the program's pidfd, and what it has asked and found."""

    holds_program: bool = False
    asked_at: float | None = None
    tree: Tree = Tree.UNCHECKED


class FakeExecutor:
    """See the module."""

    def __init__(self, host: FakeHost) -> None:
        self.host = host
        self.boot_id = host.boot_id
        self.looks = 0
        """How often it was asked for evidence."""
        self._remembered: dict[RunId, _Remembered] = {}
        self._changed: list[RunId] = []
        self._on_change: OnChange = lambda _, __: None
        self._selector: BaseSelector | None = None
        self._ear, self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        host.listen(self._ring)

    def attach(self, selector: BaseSelector, on_change: OnChange) -> None:
        self._selector, self._on_change = selector, on_change
        selector.register(self._ear, EVENT_READ, self._hear)

    def _ring(self, run_id: RunId) -> None:
        self._changed.append(run_id)
        with contextlib.suppress(BlockingIOError):
            os.write(self._bell, b"!")

    def _hear(self) -> None:
        os.read(self._ear, 4096)
        changed, self._changed = self._changed, []
        for run_id in changed:
            self._on_change(run_id, 0.0)

    def root_present(self) -> bool:
        return self.host.is_mounted

    def was_launched(self, run_id: RunId) -> bool:
        run = self._find(run_id)
        return run is not None and run.lock is not Lock.MISSING

    def prepare(self, order: LaunchOrder) -> Prepared:
        self.host.before_prepare(order.run_id)
        if "run_directory" in self.host.cannot_prepare:
            raise CannotPrepare("run_directory", self.host.cannot_prepare["run_directory"])
        run = self.host.runs.setdefault(order.run_id, FakeRun(order.spec))
        if run.lock is not Lock.MISSING:
            return Prepared.ALREADY_LAUNCHED
        run.spec = {"version": 1, "run": order.run_id, **order.spec}
        if order.workspace is not None and "workspace" in self.host.cannot_prepare:
            raise CannotPrepare("workspace", self.host.cannot_prepare["workspace"])
        return Prepared.READY

    def ask_start(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        if not self.host.keeper_is_dead:
            self.host.ask_start(run_id, environment)

    def forbid_start(self, run_id: RunId) -> None:
        run = self.host.runs[run_id]
        if run.lock is Lock.MISSING:
            run.lock = Lock.FREE

    def observe(self, known: KnownRun) -> RunEvidence:
        self.looks += 1
        seen = RunEvidence(self.host.clock.now(), last_seen_alive_at=known.last_seen_alive_at)
        if not self.host.is_mounted:
            return replace(seen, root_present=False)
        run = self._find(known.run_id)
        if run is None:
            lost = self.host.runs.get(known.run_id)
            alive = lost is not None and lost.program is Liveness.ALIVE
            program = Liveness.ALIVE if alive else Liveness.UNKNOWN
            return replace(seen, directory_present=False, program=program)
        if run.damaged is not None:
            raise DamagedRecord(run.damaged)
        seen = replace(seen, lock=run.lock, records=run.records, check_runs=run.check_runs, said=run.said)
        if (run.records.exit and run.records.done) or (run.records.start_error and run.lock is not Lock.HELD):
            return seen
        remembered = self._remember(known.run_id)
        if run.records.child is not None:
            seen = replace(seen, runs_for_seconds=self._runs_for(run.records.child))
            seen = self._look_at_program(seen, run, remembered)
        return replace(seen, tree=remembered.tree)

    def _runs_for(self, child: ChildRecord) -> float:
        assert child.started_monotonic is not None
        return self.host.clock.monotonic() - child.started_monotonic

    def _look_at_program(self, seen: RunEvidence, run: FakeRun, remembered: _Remembered) -> RunEvidence:
        alive = run.program is Liveness.ALIVE
        remembered.holds_program |= run.program is not Liveness.DEAD
        kernel_exit = None
        if run.status is not None and self.host.kernel_tells and remembered.holds_program:
            kernel_exit = ProcessExit(run.status)
        keeper = Keeper.NOT_ASKED
        if not alive and run.lock is Lock.FREE:
            keeper = self._adoption(run, remembered)
        return replace(seen, program=run.program, gate_held=run.gate_held, kernel_exit=kernel_exit, keeper=keeper)

    def _adoption(self, run: FakeRun, remembered: _Remembered) -> Keeper:
        if self.host.keeper_is_dead:
            return Keeper.NOT_MINE
        if remembered.asked_at is None:
            return Keeper.NOT_ASKED
        if self.host.keeper_is_frozen:
            waited = self.host.clock.monotonic() - remembered.asked_at
            return Keeper.SILENT if waited >= self.host.patience_seconds else Keeper.NOT_ASKED
        return Keeper.MINE if run.program is Liveness.ZOMBIE else Keeper.NOT_MINE

    def ask_adoption(self, run_id: RunId) -> None:
        remembered = self._remember(run_id)
        if remembered.asked_at is None:
            remembered.asked_at = self.host.clock.monotonic()
        self.host.changed(run_id)

    def stop_settings(self, run_id: RunId) -> StopSettings:
        run = self._find(run_id)
        settings = run.spec.get("stop") if run is not None else None
        return StopSettings(**settings) if isinstance(settings, dict) else StopSettings()

    def write_stop(self, run_id: RunId, stop: StopRecord) -> StopRecord:
        return self.host.write_stop(run_id, stop)

    def wake_shim(self, run_id: RunId) -> None:
        self.host.wake_shim(run_id)

    def signal_program(self, run_id: RunId, number: int, why: str) -> None:
        assert number == SIGKILL or why == "stop"
        self.host.signal_program(run_id, number, why)

    def take_output(self, run_id: RunId) -> None:
        self.host.runs[run_id].output_taken_over = True

    def clean_up(self, run_id: RunId) -> None:
        if not self.host.end_leftovers(run_id):
            self._remember(run_id).tree = Tree.ASSUMED_EMPTY

    def ask_check(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        self.host.environments[run_id] = environment
        self.host.begin_check(run_id)

    def save_output(self, run_id: RunId) -> None:
        if self.host.disk_is_full and self.host.runs[run_id].output_taken_over:
            raise OSError(errno.ENOSPC, "No space left on device")

    def forget(self, run_id: RunId) -> None:
        self._remembered.pop(run_id, None)

    def tick(self) -> None:
        """Nothing is waited for."""

    def remove_leftovers(self, active: Collection[RunId]) -> None:
        """Nothing is made that could be left."""

    def list_runs(self) -> Sequence[RunId]:
        return sorted(run_id for run_id, run in self.host.runs.items() if not run.is_lost)

    def read_spec(self, run_id: RunId) -> Mapping[str, object]:
        run = self._find(run_id)
        return {} if run is None else run.spec

    def close(self) -> None:
        self.host.leave(self._ring)
        if self._selector is not None:
            self._selector.unregister(self._ear)
        os.close(self._ear)
        os.close(self._bell)

    def _find(self, run_id: RunId) -> FakeRun | None:
        run = self.host.runs.get(run_id)
        return None if run is None or run.is_lost else run

    def _remember(self, run_id: RunId) -> _Remembered:
        return self._remembered.setdefault(run_id, _Remembered())
