"""What Prometheus is told: values of this process, and of the database as it stands when it is asked.

Promises at most one look at the database a second, however many ask, and an answer also while the database is away:
then with what is known without it. What happened is counted from the journal since the first scrape of this process, so
several api processes tell the same of what happens while they are measured.
"""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from addon_portal.api.services.portal import Portal
from addon_portal.domain.errors import DomainError
from addon_portal.domain.health import UNREACHABLE_AFTER, health_from
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import CLAIMED, FINAL, Health, Outcome, RunState
from addon_portal.metrics import instruments
from addon_portal.metrics.instruments import Instrument
from addon_portal.metrics.recorder import Labels, Recorder
from addon_portal.storage import StorageError
from addon_portal.storage.measurements import AlikeRuns, Measurements, Move

KEPT_SECONDS = 1.0
STUCK_AFTER = timedelta(seconds=60)
"""A supervisor that is replaced or a slow disk takes seconds; what takes a minute needs somebody to look."""
MOST_MOVES = 10_000
"""Read at one scrape at most; what is left comes with the next."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PHASES = {
    RunState.PENDING: "pending",
    RunState.STARTING: "executing",
    RunState.RUNNING: "executing",
    RunState.STOPPING: "finalizing",
}
"""The states of the conventions."""

Series = dict[Labels, float]
Gauges = dict[Instrument, Series]


class Metrics:
    """The metrics of an api process; `access` says who may read them: `operator` or `anyone`."""

    def __init__(self, portal: Portal, *, access: str) -> None:
        self.is_open = access == "anyone"
        self._portal = portal
        self._recorder = Recorder()
        self._lock = threading.Lock()
        self._position: int | None = None
        self._text = b""
        self._read_at = float("-inf")

    def count_request(self, method: str, status: int) -> None:
        """A request was answered. Called in the event loop alone."""
        known = method if method in _METHODS else "other"
        self._recorder.count(instruments.HTTP_REQUESTS, known, f"{status // 100}xx")

    def scrape(self) -> bytes:
        """Everything as it is now, or was less than a second ago."""
        with self._lock:
            now = self._portal.clock.monotonic()
            if now - self._read_at >= KEPT_SECONDS:
                self._look()
                self._text = self._recorder.render()
                self._read_at = now
            return self._text

    def _look(self) -> None:
        try:
            around = self._portal.circumstances()
            with self._portal.storage.read() as uow:
                if self._position is None:
                    self._position = uow.journal.last_seq()
                measured = Measurements(uow)
                moves = measured.moves_after(self._position, MOST_MOVES)
                standing = measured.standing(
                    overdue_before=around.now - around.overdue_after, stuck_before=around.now - STUCK_AFTER
                )
        except (StorageError, DomainError):
            self._recorder.set_gauges({instruments.DATABASE_UP: {(): 0.0}})
            return
        self._record(moves)
        self._recorder.set_gauges(_gauges_of(standing, around.now))

    def _record(self, moves: Iterable[Move]) -> None:
        for move in moves:
            self._position = move.seq
            if move.to_state not in FINAL:
                self._recorder.count(instruments.RUNS_STARTED)
                self._recorder.observe(instruments.RUN_START, move.since_request.total_seconds())
                continue
            assert move.reason is not None, "what is final has a reason"
            self._recorder.count(instruments.RUNS_FINISHED, move.to_state, move.reason)
            if move.ran is not None:
                self._recorder.observe(instruments.RUN_END, move.recorded_after.total_seconds())
                self._recorder.observe(instruments.RUN_DURATION, move.ran.total_seconds(), _result_of(move))


def _gauges_of(standing: Iterable[AlikeRuns], now: datetime) -> Gauges:
    runs: Series = {(state.value, health.value): 0.0 for state in _PHASES for health in Health}
    phases: Series = {(phase,): 0.0 for phase in _PHASES.values()}
    stuck: Series = {("unobserved",): 0.0, ("starting",): 0.0, ("stopping",): 0.0}
    ages: Series = {}
    waiting_since: list[datetime] = []
    for alike in standing:
        unseen_for = timedelta.max if alike.observed_at is None else now - alike.observed_at
        ages[alike.host_id,] = float("inf") if alike.observed_at is None else max(0.0, unseen_for.total_seconds())
        if alike.state is None:
            continue
        first, *_ = health_from(
            alike.state,
            alike.conditions,
            is_unseen=unseen_for > UNREACHABLE_AFTER,
            is_overdue=alike.is_overdue,
        )
        runs[alike.state.value, first.value] += alike.count
        phases[_PHASES[alike.state],] += alike.count
        if alike.state in CLAIMED and unseen_for > STUCK_AFTER:
            stuck["unobserved",] += alike.count
        elif alike.is_late:
            stuck[alike.state.value,] += alike.count
        if alike.state is RunState.PENDING and alike.oldest_requested_at is not None:
            waiting_since.append(alike.oldest_requested_at)
    oldest = max(0.0, (now - min(waiting_since)).total_seconds()) if waiting_since else 0.0
    return {
        instruments.DATABASE_UP: {(): 1.0},
        instruments.RUNS: runs,
        instruments.RUNS_ACTIVE: phases,
        instruments.RUNS_STUCK: stuck,
        instruments.SUPERVISOR_AGE: ages,
        instruments.QUEUE_LENGTH: {(): phases["pending",]},
        instruments.QUEUE_OLDEST: {(): oldest},
    }


def _result_of(move: Move) -> str:
    """The result as the conventions call it; what they have no word for keeps ours."""
    if move.reason == Reason.TIMED_OUT:
        return "timeout"
    if move.to_state == RunState.CANCELLED:
        return "cancellation"
    return move.outcome or Outcome.UNKNOWN.value
