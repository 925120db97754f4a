"""Stages on which an executor is tried: whatever the suite says there holds for every executor.

A stage has an executor and the world around it. The world makes things happen (`finish`, `kill_shim`, …);
the stage waits for what the executor sees of them. Which worlds there are is in `worlds`.
"""

import selectors
import signal
from typing import Protocol, TypeVar

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import StopRecord
from addon_portal.domain.verdict import AskKeeper, CleanUp, RunEvidence, Verdict, judge
from addon_portal.executors.base import Executor, KnownRun, LaunchOrder
from tests.support.waiting import wait_until

V = TypeVar("V", bound=Verdict)

STOP_SETTINGS = {"signal": int(signal.SIGTERM), "grace_seconds": 7.5}


class World(Protocol):
    """What surrounds an executor and outlives it."""

    tells_after_reaping: bool
    """Whether this kernel tells the exit of a process that somebody else has reaped, to those who held its pidfd."""

    def new_executor(self) -> Executor:
        """An executor that knows nothing yet."""
        ...

    def close(self) -> None:
        """End everything."""
        ...

    def order(self) -> LaunchOrder:
        """An order for a new run of a program that ends when `finish` says so."""
        ...

    def break_run_directory(self, order: LaunchOrder) -> None:
        """See to it that the run's directory cannot be made."""
        ...

    def break_workspace(self, order: LaunchOrder) -> None:
        """See to it that its workspace cannot be made."""
        ...

    def count_starts(self, run_id: RunId) -> int:
        """How often user code has begun."""
        ...

    def finish(self, run_id: RunId, code: int = 0, *, leftovers: bool = False) -> None:
        """Let the program end with a code; it may leave a process behind."""
        ...

    def end_check(self, run_id: RunId) -> None:
        """Let the success check, which looks for a file that is not there, come to its end."""
        ...

    def await_gone(self, run_id: RunId) -> None:
        """Wait until the program is reaped, without the executor looking at it."""
        ...

    def count_leftovers(self, run_id: RunId) -> int:
        """How many processes of the run live."""
        ...

    def freeze_keeper(self) -> None: ...

    def thaw_keeper(self) -> None: ...

    def kill_keeper(self) -> None: ...

    def kill_shim(self, run_id: RunId) -> None: ...

    def freeze_shim(self, run_id: RunId) -> None: ...

    def thaw_shim(self, run_id: RunId) -> None: ...

    def hold_gates(self) -> None:
        """From now on programs wait at their gates."""
        ...

    def reach_gate(self, run_id: RunId) -> None:
        """Wait until the program waits at its gate, known to the disk."""
        ...

    def open_gate(self, run_id: RunId) -> None: ...

    def lose(self, run_id: RunId) -> None:
        """The evidence of the run goes away."""
        ...

    def find_again(self, run_id: RunId) -> None:
        """It comes back."""
        ...

    def damage(self, run_id: RunId) -> None:
        """A record of the run becomes unreadable."""
        ...

    def unmount(self) -> None: ...

    def mount(self) -> None: ...


class Stage:
    """An executor in its world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = SystemClock()
        self.changed: list[RunId] = []
        self._attach()

    def _attach(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.executor = self.world.new_executor()
        self.executor.attach(self.selector, lambda run_id, _: self.changed.append(run_id))

    def restart(self) -> None:
        """Another supervisor takes over, with nothing but the disk and the kernel."""
        self.executor.close()
        self.selector.close()
        self._attach()

    def close(self) -> None:
        """End everything."""
        self.executor.close()
        self.selector.close()
        self.world.close()

    # Reading.

    def known(self, run_id: RunId) -> KnownRun:
        """What books would say of the run."""
        return KnownRun(run_id, self.executor.boot_id, None)

    def observe(self, run_id: RunId) -> RunEvidence:
        """All facts, now."""
        return self.executor.observe(self.known(run_id))

    def judge(self, run_id: RunId) -> Verdict:
        """The verdict on them."""
        self.last_seen = self.observe(run_id)
        return judge(self.last_seen)

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
        order = self.world.order()
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
