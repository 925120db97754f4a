"""The worlds that executors are tried in: one of values, and this host with a real keeper and real programs."""

import contextlib
import errno
import os
import shutil
import signal
from pathlib import Path

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import RunId, new_run_id
from addon_portal.domain.verdict import Liveness, Lock
from addon_portal.evidence.records import read_records
from addon_portal.executors.base import Executor, LaunchOrder
from addon_portal.executors.local import LocalExecutor
from addon_portal.executors.processes.selection import Chosen, open_processes
from addon_portal.executors.run_files import probe
from tests.contract.executors.stages import STOP_SETTINGS
from tests.support.fake_executor import FakeExecutor
from tests.support.fake_host import FakeHost
from tests.support.handles import Pause, Process
from tests.support.host_parts import CagedKeeper, Leash, find_processes_of, state_of
from tests.support.identities import kernel_tells
from tests.support.waiting import wait_until


class FakeWorld:
    """That of the fake executor."""

    tells_after_reaping = True

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.host = FakeHost(self.clock)

    def close(self) -> None:
        """Nothing runs."""

    def new_executor(self) -> Executor:
        return FakeExecutor(self.host)

    def order(self) -> LaunchOrder:
        return LaunchOrder(new_run_id(self.clock.now()), {"stop": STOP_SETTINGS}, {}, "workspace")

    def break_run_directory(self, _order: LaunchOrder) -> None:
        self.host.cannot_prepare["run_directory"] = OSError(errno.ENOTDIR, "Not a directory", "place")

    def break_workspace(self, _order: LaunchOrder) -> None:
        self.host.cannot_prepare["workspace"] = OSError(errno.EEXIST, "File exists", "place")

    def count_starts(self, run_id: RunId) -> int:
        return self.host.starts.count(run_id)

    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        self.host.finish(run_id, code << 8, leftovers=int(leftovers))

    def end_check(self, run_id: RunId) -> None:
        self.host.end_check(run_id, "the file absent.csv does not exist")

    def await_gone(self, run_id: RunId) -> None:
        assert self.host.runs[run_id].program is Liveness.DEAD

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


class LocalWorld:
    """That of the executor `local`."""

    def __init__(self, root: Path, identity: Chosen) -> None:
        self.clock = SystemClock()
        self.data = DataDirectory(root)
        self.processes = open_processes(identity)
        self.tells_after_reaping = kernel_tells(identity)
        for directory in (self.data.keepers, self.data.run_root, self.data.logs):
            directory.mkdir(mode=0o700, parents=True)
        self.mount()
        self.leashes: dict[RunId, Leash] = {}
        self.gate: Pause | None = None
        self.keepers: list[CagedKeeper] = []

    def new_executor(self) -> Executor:
        return LocalExecutor(self.data, self.clock, self.processes)

    @property
    def keeper(self) -> CagedKeeper:
        """The one keeper."""
        return self.keepers[0]

    def _start_keeper(self) -> None:
        """Start it with the first order: until then it may be chosen that gates are held."""
        if not self.keepers:
            points = {} if self.gate is None else {"shim.before_gate": self.gate.action}
            self.keepers.append(CagedKeeper(self.data, points))

    def close(self) -> None:
        for keeper in self.keepers:
            keeper.open_cage()
        for keeper in self.keepers:
            keeper.wait()
        for leash in self.leashes.values():
            leash.close()
        if self.gate is not None:
            self.gate.close()

    def order(self) -> LaunchOrder:
        self._start_keeper()
        run_id = new_run_id(self.clock.now())
        leash = self.leashes[run_id] = Leash(self.data.root / f"leash-{run_id}")
        workspace = self.data.workspace(run_id)
        script = f"echo begun >>starts; {leash.script}"
        spec = {"argv": ["sh", "-c", script, str(leash.path)], "cwd": str(workspace), "uid": None, "gid": None}
        return LaunchOrder(run_id, {**spec, "stop": STOP_SETTINGS}, {}, str(workspace))

    def break_run_directory(self, _order: LaunchOrder) -> None:
        shutil.rmtree(self.data.run_root)
        self.data.run_root.touch()

    def break_workspace(self, order: LaunchOrder) -> None:
        assert order.workspace
        workspace = Path(order.workspace)
        workspace.parent.mkdir(parents=True)
        workspace.touch()

    def count_starts(self, run_id: RunId) -> int:
        starts = self.data.workspace(run_id) / "starts"
        return len(starts.read_text().splitlines()) if starts.exists() else 0

    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        self.leashes[run_id].end(code, leaving="sleep 60" if leftovers else None)

    def end_check(self, run_id: RunId) -> None:
        """Nothing holds it up."""

    def await_gone(self, run_id: RunId) -> None:
        child = read_records(self.data.run_directory(run_id)).child
        assert child
        wait_until(lambda: state_of(child.program.pid) is None, f"the end of the program of {run_id}")

    def count_leftovers(self, run_id: RunId) -> int:
        return len(find_processes_of([run_id]))

    def freeze_keeper(self) -> None:
        self.keeper.freeze()

    def thaw_keeper(self) -> None:
        self.keeper.thaw()

    def kill_keeper(self) -> None:
        self.keeper.kill()

    def _shim(self, run_id: RunId) -> Process:
        child = read_records(self.data.run_directory(run_id)).child
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
        assert probe(f"{self.data.run_directory(run_id)}/gate") is Lock.HELD

    def open_gate(self, _run_id: RunId) -> None:
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
