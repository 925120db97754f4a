"""Looking at runs and doing what the plan says.

Holds the claimed runs of this host as last read or written, which saves a query per event and is no second truth: a
lost race reads the row again. Promises that what must be on disk before a row is written is there, and that what must
follow a commit follows it. Leaves what to do to `plan`, and when to look to `daemon`.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from addon_portal import faultpoints
from addon_portal.domain import transitions
from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run, StopSettings
from addon_portal.domain.records import NotifyRecord, StopRecord
from addon_portal.domain.states import ACTIVE, CLAIMED, FINAL, RunState
from addon_portal.domain.transitions import Transition, said_values
from addon_portal.domain.verdict import (
    Alive,
    AskKeeper,
    CleanUp,
    Finishing,
    NotLinked,
    RunEvidence,
    Starting,
    Unchecked,
    Unreachable,
    Verdict,
    judge,
)
from addon_portal.evidence.records import DamagedRecord
from addon_portal.executors.base import Executor, KnownRun
from addon_portal.storage import Storage, UnitOfWork, apply
from addon_portal.supervisor import plan as plans
from addon_portal.supervisor.restarter import Restarter
from addon_portal.supervisor.said import Discretion

log = structlog.get_logger()


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
        check: Callable[[RunId], None],
        look_again: Callable[[RunId, float], None],
        restarter: Restarter,
        discretion: Discretion,
    ) -> None:
        self._executor = executor
        self._actor = actor
        self._clock = clock
        self._start_again = start_again
        self._check = check
        self._look_again = look_again
        self._restarter = restarter
        self._discretion = discretion
        self._runs: dict[RunId, Run] = {}
        self._ended_since: dict[RunId, float] = {}
        self._was_away = False
        self._last_alive: dict[RunId, datetime | None] = {}
        """When runs were last seen alive that the latest look did not find alive."""
        self._said: dict[RunId, NotifyRecord] = {}
        """What programs said of themselves that is not written yet: that can wait for the next sweep."""
        self.observed_at: datetime | None = None
        """When the last complete sweep of this host began, also one of an earlier supervisor."""

    @property
    def runs(self) -> dict[RunId, Run]:
        """Claimed runs by their ids; to be read only."""
        return self._runs

    def learn(self, runs: Iterable[Run]) -> None:
        """Take rows as they are now; a run that is final or not claimed is let go.

        One that was not held before was in no sweep, so no sweep proves that it was alive (a row changed by hand).
        """
        for run in runs:
            if run.state in CLAIMED:
                if run.id not in self._runs:
                    self._last_alive.setdefault(run.id, run.last_seen_alive_at or run.started_at)
                self._runs[run.id] = run
            else:
                self._drop(run.id)

    def learn_stops(self, runs: Iterable[Run]) -> list[RunId]:
        """Take the rows of runs that are to end; returns those with which something is to be done."""
        news = [run for run in runs if not self._is_being_stopped(run)]
        self.learn(news)
        return [run.id for run in news]

    def _is_being_stopped(self, run: Run) -> bool:
        held = self._runs.get(run.id)
        return held is not None and held.state is RunState.STOPPING and held.stop_deadline_at == run.stop_deadline_at

    def take_over(self, runs: Iterable[Run]) -> None:
        """Learn what another supervisor left; one that has ended by now did so nobody knows how long ago."""
        self.learn(runs)
        self._last_alive.clear()
        self._ended_since = dict.fromkeys(self._runs, -math.inf)

    def came_back(self) -> None:
        """Nobody has looked for longer than a sweep takes: what is found ended now did so nobody knows how long ago."""
        self._was_away = True

    def let_go_of_others(self, runs: Iterable[Run]) -> bool:
        """Keep only these, all that are claimed in the books; whether there was any other."""
        gone = self._runs.keys() - {run.id for run in runs}
        for run_id in gone:
            log.warning("row_gone", run_id=run_id)
            self._drop(run_id)
        return bool(gone)

    def look(self, run_ids: Iterable[RunId]) -> Batch:
        """Look at runs and carry out all of their plans that need no row."""
        batch = Batch()
        for run_id in run_ids:
            run = self._runs.get(run_id)
            if run is not None:
                situation = self._situation(run)
                self._carry_out(situation, plans.plan(situation), batch)
        return batch

    def amend(self, runs: Iterable[Run]) -> Batch:
        """Look once more at final runs whose outcome is unknown."""
        batch = Batch()
        for run in runs:
            situation = self._situation(run)
            self._carry_out(situation, plans.amend(situation), batch)
            self._discretion.forget(run.id)
        return batch

    def commit(self, storage: Storage, batch: Batch) -> list[Transition]:
        """Write a batch in one transaction, then do what had to wait for it; returns what won."""
        won: list[Transition] = []
        if batch.transitions:
            faultpoints.reach("supervisor.looked")
            won, rows = self._restarter.write(storage, lambda uow: self._apply(uow, batch.transitions))
            faultpoints.reach("supervisor.recorded")
            # Not before: a commit may fail, and then nothing of this has happened.
            self._follow([move for move in won if move.run_id not in rows])
            self.learn(row for row in rows.values() if row is not None)
        for move in won:
            log.info("run_changed", event_kind=move.kind, run_id=move.run_id, to_state=move.to_state, cause=move.cause)
        for action in batch.afterwards:
            action()
        return won

    def _apply(self, uow: UnitOfWork, moves: list[Transition]) -> tuple[list[Transition], dict[RunId, Run | None]]:
        won, rows = _apply_all(uow, moves)
        for move in won:
            if move.kind == "stop_requested":
                self._restarter.prepare(uow, self._runs[move.run_id], move)
        return won, rows

    def store_last_alive(self, uow: UnitOfWork) -> None:
        """Write when runs that are not found alive were seen so last, lest this sweep is taken for having seen them."""
        for run_id, at in self._last_alive.items():
            run = self._runs.get(run_id)
            if run is not None and at is not None and run.last_seen_alive_at != at:
                uow.host_runs.touch_alive([run_id], at)

    def store_said(self, uow: UnitOfWork) -> None:
        """Write what programs say of themselves, as of the last look, where that has changed."""
        uow.host_runs.set_said(self._said)

    def sweep_is_stored(self, began: datetime) -> None:
        """A complete sweep is committed, with what programs say of themselves."""
        self.observed_at, self._was_away = began, False
        for run_id, said in self._said.items():
            self._runs[run_id] = replace(self._runs[run_id], **said_values(said))  # type: ignore[arg-type]
        self._said.clear()

    def _follow(self, moves: Sequence[Transition]) -> None:
        """Hold the runs as they are after our own moves; what is final is let go."""
        for move in moves:
            if move.to_state in FINAL:
                self._drop(move.run_id)
        for move in moves:
            run = self._runs.get(move.run_id)
            if run is not None:
                self._runs[run.id] = move.applied_to(run)

    def _situation(self, run: Run) -> plans.Situation:
        alive_at = self._last_seen_alive(run)
        seen, verdict = self._judge(run, KnownRun(run.id, run.boot_id, alive_at))
        if seen.said is not None:
            seen = replace(seen, said=self._discretion.hide(run.id, seen.said))
        if run.id in self._runs and seen.said is not None and seen.said.heard_at != run.last_heartbeat_at:
            self._said[run.id] = seen.said
        if isinstance(verdict, Alive | NotLinked | Starting):
            self._last_alive.pop(run.id, None)
        elif run.is_active:
            self._last_alive.setdefault(run.id, alive_at)
        stop = StopSettings()
        if run.stop_requested_at is not None and run.state in ACTIVE and seen.directory_present and seen.root_present:
            stop = self._executor.stop_settings(run.id)
        return plans.Situation(run, seen, verdict, self._actor, stop, self._finishing_seconds(run.id, verdict))

    def _last_seen_alive(self, run: Run) -> datetime | None:
        """When the program was certainly alive last: at the last sweep, unless that did not find it so."""
        if run.id in self._last_alive:
            return self._last_alive[run.id]
        not_seen = run.last_seen_alive_at is not None or run.conditions & plans.NOT_SEEN_ALIVE
        alive_at = run.last_seen_alive_at if not_seen else self.observed_at
        return max(filter(None, (alive_at, run.started_at)), default=None)

    def _judge(self, run: Run, known: KnownRun) -> tuple[RunEvidence, Verdict]:
        try:
            seen = self._executor.observe(known)
        except (OSError, DamagedRecord) as error:
            # Evidence that cannot be read is not evidence that is missing.
            log.warning("evidence_unreadable", run_id=run.id, error=str(error))
            seen = RunEvidence(self._clock.now(), last_seen_alive_at=known.last_seen_alive_at)
            return seen, Unreachable(str(error))
        return seen, judge(seen)

    def _finishing_seconds(self, run_id: RunId, verdict: Verdict) -> float:
        if not isinstance(verdict, Finishing | CleanUp | AskKeeper | Unchecked):
            self._ended_since.pop(run_id, None)
            return 0.0
        since = -math.inf if self._was_away else self._clock.monotonic()
        return self._clock.monotonic() - self._ended_since.setdefault(run_id, since)

    def _carry_out(self, it: plans.Situation, actions: list[plans.Action], batch: Batch) -> None:
        for action in actions:
            try:
                self._do(it.run, action, batch)
            except (OSError, DamagedRecord) as error:
                log.warning("action_failed", run_id=it.run.id, action=type(action).__name__, error=str(error))
                if isinstance(action, plans.SaveOutput):
                    self._carry_out(it, plans.cannot_finish(it, f"its last output cannot be stored: {error}"), batch)
                self._look_again(it.run.id, 1.0)
                return

    def _do(self, run: Run, action: plans.Action, batch: Batch) -> None:
        match action:
            case plans.Record(transition):
                batch.transitions.append(transition)
            case plans.AskStart():
                batch.afterwards.append(lambda: self._start_again(run.id))
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
            case plans.AskCheck():
                batch.afterwards.append(lambda: self._check(run.id))
            case plans.SaveOutput():
                self._executor.save_output(run.id)
            case plans.Forget():
                batch.afterwards.append(lambda: self._executor.forget(run.id))
            case plans.LookAgain(after_seconds):
                self._look_again(run.id, after_seconds)

    def _write_stop(self, run: Run, wanted: StopRecord, batch: Batch) -> None:
        stop = self._executor.write_stop(run.id, wanted)
        faultpoints.reach("supervisor.stop_written")
        if run.state is not RunState.STOPPING:
            grace = {"stop_grace_seconds": run.stop_grace_seconds}
            begun = transitions.stopping(
                run.id, wanted.requested_at, stop.deadline_at, self._actor, stop.requested_by, grace
            )
            batch.transitions.append(begun)
        batch.afterwards.append(lambda: self._look_again(run.id, 0.0))

    def _drop(self, run_id: RunId) -> None:
        if self._runs.pop(run_id, None) is not None:
            self._executor.forget(run_id)
        self._ended_since.pop(run_id, None)
        self._last_alive.pop(run_id, None)
        self._said.pop(run_id, None)
        self._discretion.forget(run_id)


def _apply_all(uow: UnitOfWork, moves: list[Transition]) -> tuple[list[Transition], dict[RunId, Run | None]]:
    """What won, and the rows as they are now of the runs for which anything has lost."""
    won: list[Transition] = []
    lost: set[RunId] = set()
    for move in moves:
        if apply(uow, move):
            won.append(move)
        else:
            lost.add(move.run_id)
    return won, {run_id: uow.host_runs.find(run_id) for run_id in lost}
