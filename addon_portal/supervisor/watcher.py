"""Looking at runs and doing what the plan says.

Holds the claimed runs of this host as last read or written, which saves a query per event and is no second truth: a
lost race reads the row again. Promises that what must be on disk before a row is written is there, and that what must
follow a commit follows it. Leaves what to do to `plan`, and when to look to `daemon`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from addon_portal import faultpoints
from addon_portal.domain import transitions
from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run, StopSettings
from addon_portal.domain.records import StopRecord
from addon_portal.domain.states import ACTIVE, CLAIMED
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import CleanUp, Finishing, RunEvidence, Unreachable, Verdict, judge
from addon_portal.evidence.records import DamagedRecord
from addon_portal.executors.base import Executor, KnownRun
from addon_portal.storage import Storage, UnitOfWork, apply
from addon_portal.supervisor import plan as plans

log = structlog.get_logger()

_PINNED = frozenset({"unreachable", "finishing"})
"""Conditions under which a sweep proves nothing about the program being alive."""


@dataclass(slots=True)
class Batch:
    """What one look at some runs wants written, and what has to be done once it is."""

    transitions: list[Transition] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Watcher:
    """The claimed runs of one host."""

    def __init__(
        self,
        executor: Executor,
        actor: str,
        clock: Clock,
        start_again: Callable[[RunId], None],
        look_again: Callable[[RunId, float], None],
    ) -> None:
        self._executor = executor
        self._actor = actor
        self._clock = clock
        self._start_again = start_again
        self._look_again = look_again
        self._runs: dict[RunId, Run] = {}
        self._ended_since: dict[RunId, float] = {}
        self.observed_at: datetime | None = None
        """When the last complete sweep of this host began, also one of an earlier supervisor."""

    @property
    def runs(self) -> dict[RunId, Run]:
        """Claimed runs by their ids; to be read only."""
        return self._runs

    def learn(self, runs: Iterable[Run]) -> None:
        """Take rows as they are now; a run that is final or not claimed is let go."""
        for run in runs:
            if run.state in CLAIMED:
                self._runs[run.id] = run
            else:
                self._drop(run.id)

    def look(self, run_ids: Iterable[RunId], now: datetime) -> Batch:
        """Look at runs and carry out all of their plans that need no row."""
        batch = Batch()
        for run_id in run_ids:
            run = self._runs.get(run_id)
            if run is not None:
                self._carry_out(run, plans.plan(self._situation(run, now)), batch)
        return batch

    def amend(self, runs: Iterable[Run], now: datetime) -> Batch:
        """Look once more at final runs whose outcome is unknown."""
        batch = Batch()
        for run in runs:
            self._carry_out(run, plans.amend(self._situation(run, now)), batch)
        return batch

    def commit(self, storage: Storage, batch: Batch) -> list[Transition]:
        """Write a batch in one transaction, then do what had to wait for it; returns what won."""
        won: list[Transition] = []
        if batch.transitions:
            faultpoints.reach("supervisor.looked")
            with storage.write() as uow:
                won = self._apply(uow, batch.transitions)
            faultpoints.reach("supervisor.recorded")
        for action in batch.afterwards:
            action()
        return won

    def _apply(self, uow: UnitOfWork, moves: list[Transition]) -> list[Transition]:
        won = []
        after: dict[RunId, Run | None] = {}
        for move in moves:
            run = after.get(move.run_id, self._runs.get(move.run_id))
            if apply(uow, move):
                won.append(move)
                after[move.run_id] = move.applied_to(run) if run else None
            else:
                after[move.run_id] = uow.host_runs.find(move.run_id)
        for move in won:
            log.info("run_changed", event_kind=move.kind, run_id=move.run_id, to_state=move.to_state, cause=move.cause)
        self.learn(run for run in after.values() if run is not None)
        return won

    def _situation(self, run: Run, now: datetime) -> plans.Situation:
        alive_at = run.last_seen_alive_at if run.conditions & _PINNED else self.observed_at
        alive_at = max(filter(None, (alive_at, run.started_at)), default=None)
        seen, verdict = self._judge(run, KnownRun(run.id, run.boot_id, alive_at), now)
        stop = StopSettings()
        if run.stop_requested_at is not None and run.state in ACTIVE and seen.directory_present and seen.root_present:
            stop = self._executor.stop_settings(run.id)
        return plans.Situation(run, seen, verdict, self._actor, stop, self._finishing_seconds(run.id, verdict))

    def _judge(self, run: Run, known: KnownRun, now: datetime) -> tuple[RunEvidence, Verdict]:
        try:
            seen = self._executor.observe(known, now)
        except (OSError, DamagedRecord) as error:
            # Evidence that cannot be read is not evidence that is missing.
            log.warning("evidence_unreadable", run_id=run.id, error=str(error))
            return RunEvidence(now, last_seen_alive_at=known.last_seen_alive_at), Unreachable(str(error))
        return seen, judge(seen)

    def _finishing_seconds(self, run_id: RunId, verdict: Verdict) -> float:
        if not isinstance(verdict, Finishing | CleanUp):
            self._ended_since.pop(run_id, None)
            return 0.0
        return self._clock.monotonic() - self._ended_since.setdefault(run_id, self._clock.monotonic())

    def _carry_out(self, run: Run, actions: list[plans.Action], batch: Batch) -> None:
        for action in actions:
            try:
                self._do(run, action, batch)
            except (OSError, DamagedRecord) as error:
                log.warning("action_failed", run_id=run.id, action=type(action).__name__, error=str(error))
                self._look_again(run.id, 1.0)
                return

    def _do(self, run: Run, action: plans.Action, batch: Batch) -> None:
        match action:
            case plans.Record(transition):
                batch.transitions.append(transition)
            case plans.AskStart():
                self._start_again(run.id)
            case plans.ForbidStart():
                self._executor.forbid_start(run.id)
            case plans.AskAdoption():
                self._executor.ask_adoption(run.id)
            case plans.WriteStop(stop):
                self._write_stop(run, stop, batch)
            case plans.WakeShim():
                self._executor.wake_shim(run.id)
            case plans.SignalProgram(number, why):
                self._executor.signal_program(run.id, number, why)
            case plans.TakeOutput():
                self._executor.take_output(run.id)
            case plans.EndLeftovers():
                self._executor.clean_up(run.id)
            case plans.Forget():
                self._executor.forget(run.id)
            case plans.LookAgain(after_seconds):
                self._look_again(run.id, after_seconds)

    def _write_stop(self, run: Run, wanted: StopRecord, batch: Batch) -> None:
        stop = self._executor.write_stop(run.id, wanted)
        faultpoints.reach("supervisor.stop_written")
        batch.transitions.append(
            transitions.stopping(run.id, wanted.requested_at, stop.deadline_at, self._actor, stop.requested_by)
        )
        batch.afterwards.append(lambda: self._look_again(run.id, 0.0))

    def _drop(self, run_id: RunId) -> None:
        self._runs.pop(run_id, None)
        self._ended_since.pop(run_id, None)
