"""Stages on which an executor is tried: the real one with a keeper and programs, and the fake one.

A stage makes things happen (`finish`, `kill_shim`, `freeze_keeper`, …) and waits for what an executor sees of them. The
suite speaks to stages alone, so that whatever it says holds for every executor.
"""

import contextlib
import errno
import os
import selectors
import shutil
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TypeVar

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import RunId, new_run_id
from addon_portal.domain.records import StopRecord
from addon_portal.domain.verdict import AskKeeper, CleanUp, RunEvidence, Verdict, judge
from addon_portal.executors.base import Executor, KnownRun, LaunchOrder
from addon_portal.executors.local import LocalExecutor
from tests.support.fake_executor import FakeExecutor, FakeHost
from tests.support.host import CagedKeeper, Leash, find_processes_of
from tests.support.keeper_process import Pause, Process
from tests.support.waiting import wait_until

V = TypeVar("V", bound=Verdict)

STOP_SETTINGS = {"signal": int(signal.SIGTERM), "grace_seconds": 7.5}


class Stage(ABC):
    """What a test may do to the world around an executor."""

    executor: Executor
    tells_after_reaping: bool
    """Whether this kernel tells the exit of a process that somebody else has reaped, to those who held its pidfd."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.changed: list[RunId] = []
        self._attach()

    def _attach(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.executor = self.new_executor()
        self.executor.attach(self.selector, self.changed.append)

    def restart(self) -> None:
        """Another supervisor takes over, with nothing but the disk and the kernel."""
        self.executor.close()
        self.selector.close()
        self._attach()

    def close(self) -> None:
        """End everything."""
        self.executor.close()
        self.selector.close()

    @abstractmethod
    def new_executor(self) -> Executor: ...

    # Reading.

    def known(self, run_id: RunId) -> KnownRun:
        """What books would say of the run."""
        return KnownRun(run_id, self.executor.boot_id, None)

    def observe(self, run_id: RunId) -> RunEvidence:
        """All facts, now."""
        return self.executor.observe(self.known(run_id), self.clock.now())

    def judge(self, run_id: RunId) -> Verdict:
        """The verdict on them."""
        return judge(self.observe(run_id))

    def hear(self) -> None:
        """Let the executor hear what it waits for, without waiting."""
        for key, _ in self.selector.select(0):
            key.data()

    def reach(self, run_id: RunId, kind: type[V], *, acting: bool = False) -> V:
        """Wait until the verdict is of this kind; `acting` asks and cleans up as a supervisor would."""

        def look() -> Verdict | None:
            self.hear()
            verdict = self.judge(run_id)
            if acting and isinstance(verdict, AskKeeper):
                self.executor.ask_adoption(run_id)
            if acting and isinstance(verdict, CleanUp) and kind is not CleanUp:
                self.executor.clean_up(run_id)
            seen.append(verdict)
            return verdict if isinstance(verdict, kind) else None

        seen: list[Verdict] = []
        try:
            found = wait_until(look, f"{kind.__name__} of {run_id}", 15)
        except AssertionError as error:
            raise AssertionError(f"{error}\nlast verdict: {seen[-1]}") from None
        assert isinstance(found, kind)
        return found

    def hear_of(self, run_id: RunId) -> None:
        """Wait until the executor tells of a change of the run, and of nothing else."""
        self.changed.clear()

        def heard() -> bool:
            self.hear()
            return run_id in self.changed

        wait_until(heard, f"word of {run_id}", 15)

    # Acting.

    def prepared(self) -> RunId:
        """A run that was prepared."""
        order = self.order()
        self.executor.prepare(order)
        return order.run_id

    def ask_start(self, run_id: RunId) -> None:
        """Ask for the start with an environment by which the run's processes are known."""
        self.executor.ask_start(run_id, {"PATH": "/usr/bin:/bin", "ADDON_PORTAL_RUN_ID": run_id})

    def ask_start_anew(self, run_id: RunId) -> None:
        """The same from a supervisor that does not remember having asked."""
        self.executor.forget(run_id)
        self.ask_start(run_id)

    def started(self) -> RunId:
        """A run that was prepared and asked for."""
        run_id = self.prepared()
        self.ask_start(run_id)
        return run_id

    def stop_record(self, requested_by: str = "key:ada") -> StopRecord:
        """A request to stop."""
        now = self.clock.now()
        return StopRecord(now, requested_by, "person", int(signal.SIGTERM), 30.0, now)

    @abstractmethod
    def order(self) -> LaunchOrder:
        """An order for a new run of a program that ends when `finish` says so."""

    @abstractmethod
    def break_run_directory(self, order: LaunchOrder) -> None:
        """See to it that the run's directory cannot be made."""

    @abstractmethod
    def break_workspace(self, order: LaunchOrder) -> None:
        """See to it that its workspace cannot be made."""

    @abstractmethod
    def count_starts(self, run_id: RunId) -> int:
        """How often user code has begun."""

    @abstractmethod
    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        """Let the program end with a code; it may leave a process behind."""

    def await_gone(self, run_id: RunId) -> None:
        """Wait until no process of the run is left, not even a zombie, without anybody looking at its evidence."""
        wait_until(lambda: not self.count_leftovers(run_id), f"the end of all of {run_id}")

    @abstractmethod
    def count_leftovers(self, run_id: RunId) -> int:
        """How many processes of the run live."""

    @abstractmethod
    def freeze_keeper(self) -> None: ...

    @abstractmethod
    def thaw_keeper(self) -> None: ...

    @abstractmethod
    def kill_keeper(self) -> None: ...

    @abstractmethod
    def kill_shim(self, run_id: RunId) -> None: ...

    @abstractmethod
    def freeze_shim(self, run_id: RunId) -> None: ...

    @abstractmethod
    def thaw_shim(self, run_id: RunId) -> None: ...

    @abstractmethod
    def hold_gates(self) -> None:
        """From now on programs wait at their gates."""

    @abstractmethod
    def reach_gate(self, run_id: RunId) -> None:
        """Wait until the program waits at its gate, known to the disk."""

    @abstractmethod
    def open_gate(self, run_id: RunId) -> None: ...

    @abstractmethod
    def lose(self, run_id: RunId) -> None:
        """The evidence of the run goes away."""

    @abstractmethod
    def find_again(self, run_id: RunId) -> None:
        """It comes back."""

    @abstractmethod
    def damage(self, run_id: RunId) -> None:
        """A record of the run becomes unreadable."""

    @abstractmethod
    def unmount(self) -> None: ...

    @abstractmethod
    def mount(self) -> None: ...


class FakeStage(Stage):
    """The fake executor."""

    tells_after_reaping = True

    def __init__(self) -> None:
        self.host = FakeHost()
        super().__init__()

    def new_executor(self) -> Executor:
        return FakeExecutor(self.host)

    def order(self) -> LaunchOrder:
        return LaunchOrder(new_run_id(self.clock.now()), {"stop": STOP_SETTINGS}, {}, Path("workspace"))

    def break_run_directory(self, order: LaunchOrder) -> None:
        self.host.cannot_prepare["run_directory"] = OSError(errno.ENOTDIR, "Not a directory", "place")

    def break_workspace(self, order: LaunchOrder) -> None:
        self.host.cannot_prepare["workspace"] = OSError(errno.EEXIST, "File exists", "place")

    def count_starts(self, run_id: RunId) -> int:
        return 0 if self.host.runs[run_id].gate_held else self.host.starts.count(run_id)

    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        self.host.finish(run_id, code << 8, leftovers=int(leftovers))

    def count_leftovers(self, run_id: RunId) -> int:
        return self.host.runs[run_id].leftovers

    def freeze_keeper(self) -> None:
        self.host.freeze_keeper()

    def thaw_keeper(self) -> None:
        self.host.thaw_keeper()

    def kill_keeper(self) -> None:
        self.host.kill_keeper()

    def kill_shim(self, run_id: RunId) -> None:
        self.host.kill_shim(run_id)

    def freeze_shim(self, run_id: RunId) -> None:
        self.host.freeze_shim(run_id)

    def thaw_shim(self, run_id: RunId) -> None:
        self.host.thaw_shim(run_id)

    def hold_gates(self) -> None:
        self.host.holds_gates = True

    def reach_gate(self, run_id: RunId) -> None:
        assert self.host.runs[run_id].gate_held

    def open_gate(self, run_id: RunId) -> None:
        self.host.open_gate(run_id)

    def lose(self, run_id: RunId) -> None:
        self.host.runs[run_id].is_lost = True

    def find_again(self, run_id: RunId) -> None:
        self.host.runs[run_id].is_lost = False

    def damage(self, run_id: RunId) -> None:
        self.host.runs[run_id].damaged = "child.json is damaged"

    def unmount(self) -> None:
        self.host.is_mounted = False

    def mount(self) -> None:
        self.host.is_mounted = True


class LocalStage(Stage):
    """The executor `local`, with a real keeper and real programs."""

    def __init__(self, root: Path, *, tells_after_reaping: bool) -> None:
        self.data = DataDirectory(root)
        self.tells_after_reaping = tells_after_reaping
        for directory in (self.data.keepers, self.data.run_root, self.data.logs):
            directory.mkdir(mode=0o700, parents=True)
        self.mount()
        self.leashes: dict[RunId, Leash] = {}
        self.gate: Pause | None = None
        self.keepers: list[CagedKeeper] = []
        super().__init__()

    def new_executor(self) -> Executor:
        return LocalExecutor(self.data, self.clock)

    @property
    def keeper(self) -> CagedKeeper:
        """A keeper, started when it is needed first: until then gates may be chosen to be held."""
        if not self.keepers:
            points = {} if self.gate is None else {"shim.before_gate": self.gate.action}
            self.keepers.append(CagedKeeper(self.data, points))
        return self.keepers[0]

    def close(self) -> None:
        super().close()
        for keeper in self.keepers:
            keeper.open_cage()
        for keeper in self.keepers:
            keeper.wait()
        for leash in self.leashes.values():
            leash.close()
        if self.gate is not None:
            self.gate.close()

    def order(self) -> LaunchOrder:
        assert self.keeper
        run_id = new_run_id(self.clock.now())
        leash = self.leashes[run_id] = Leash(self.data.root / f"leash-{run_id}")
        workspace = self.data.workspace(run_id)
        script = f"echo begun >>starts; {leash.script}"
        spec = {"argv": ["sh", "-c", script, str(leash.path)], "cwd": str(workspace), "uid": None, "gid": None}
        return LaunchOrder(run_id, {**spec, "stop": STOP_SETTINGS}, {}, workspace)

    def break_run_directory(self, order: LaunchOrder) -> None:
        shutil.rmtree(self.data.run_root)
        self.data.run_root.touch()

    def break_workspace(self, order: LaunchOrder) -> None:
        assert order.workspace
        order.workspace.parent.mkdir(parents=True)
        order.workspace.touch()

    def count_starts(self, run_id: RunId) -> int:
        starts = self.data.workspace(run_id) / "starts"
        return len(starts.read_text().splitlines()) if starts.exists() else 0

    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        self.leashes[run_id].end(code, leaving="sleep 60" if leftovers else None)

    def count_leftovers(self, run_id: RunId) -> int:
        return len(find_processes_of([run_id]))

    def freeze_keeper(self) -> None:
        self.keeper.freeze()

    def thaw_keeper(self) -> None:
        self.keeper.thaw()

    def kill_keeper(self) -> None:
        self.keeper.kill()

    def _shim(self, run_id: RunId) -> Process:
        child = self.observe(run_id).records.child
        assert child
        return Process(child.shim.pid)

    def kill_shim(self, run_id: RunId) -> None:
        self._shim(run_id).kill_and_wait()

    def freeze_shim(self, run_id: RunId) -> None:
        self._shim(run_id).kill(signal.SIGSTOP)

    def thaw_shim(self, run_id: RunId) -> None:
        self._shim(run_id).kill(signal.SIGCONT)

    def hold_gates(self) -> None:
        assert not self.keepers, "before the first order"
        self.gate = Pause(self.data.root / "gate")

    def reach_gate(self, run_id: RunId) -> None:
        assert self.gate
        self.gate.wait()
        assert self.observe(run_id).gate_held

    def open_gate(self, run_id: RunId) -> None:
        assert self.gate
        self.gate.release()

    def lose(self, run_id: RunId) -> None:
        self.data.run_directory(run_id).rename(self.data.root / run_id)

    def find_again(self, run_id: RunId) -> None:
        (self.data.root / run_id).rename(self.data.run_directory(run_id))

    def damage(self, run_id: RunId) -> None:
        (self.data.run_directory(run_id) / "child.json").write_text('{"version": 1, "pi')

    def unmount(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.data.run_root_marker.rename(self.data.root / "marker")

    def mount(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.rename(self.data.root / "marker", self.data.run_root_marker)
            return
        self.data.run_root_marker.write_text("{}")
