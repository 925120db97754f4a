"""What to do about a run, given what the books say, what the evidence proves, and the time.

Pure: reaches no storage, executor, clock or event loop. The same facts give the same actions, so that it may be asked
at start-up, on every event and at every sweep; actions may be repeated without harm. Leaves carrying them out to
`watcher`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from signal import SIGKILL
from typing import assert_never

from addon_portal.domain import transitions
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.models import Run, StopSettings
from addon_portal.domain.records import RunRecords, StopRecord
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import NO_TERMS, STALL_WARNING_SECONDS, OnStall, shown_seconds
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import (
    Alive,
    AskKeeper,
    CleanUp,
    Ended,
    Finishing,
    Lock,
    NotLinked,
    RunEvidence,
    Starting,
    Unchecked,
    Unreachable,
    Verdict,
)

FROZEN_SHIM_SLACK = timedelta(seconds=3)
"""A shim that has not killed its program so long after the deadline is taken for frozen, and helped."""
FINISHING_SHOWN_AFTER_SECONDS = 0.1
"""A program's end and its record are milliseconds apart; only what takes longer is worth a row."""
LOOK_AGAIN_SECONDS = 0.25
"""Where the end of a program is no event, it is looked for this often."""
LOOKED_AT_WITHIN_SECONDS = 1.0
"""Runs are looked at this often anyway; only what is due earlier needs a look of its own."""
ONE_SILENCE = timedelta(seconds=1)
"""What a shim tells of one silence, at its beginning and later, differs by less than this."""
_CHECKING = "its success check is being evaluated"
NOT_SEEN_ALIVE = frozenset({"unreachable", "finishing"})
"""Conditions under which a look does not find the program alive, so that the last moment it was alive is kept."""


@dataclass(frozen=True, slots=True)
class Record:
    """Write a transition. A `stop` goes to disk first, and wakes the shim afterwards."""

    transition: Transition


@dataclass(frozen=True, slots=True)
class AskStart:
    """Ask for the start, for the first time or again."""


@dataclass(frozen=True, slots=True)
class ForbidStart:
    """Win the lock's link, so that nobody can start the run any more."""


@dataclass(frozen=True, slots=True)
class AskAdoption:
    """Ask the keeper whether the program was its to reap."""


@dataclass(frozen=True, slots=True)
class WriteStop:
    """Put the stop on disk, record `stopping` with the deadline there unless that is recorded, then wake the shim."""

    stop: StopRecord


@dataclass(frozen=True, slots=True)
class WakeShim:
    """Remind a shim of the stop."""


@dataclass(frozen=True, slots=True)
class SignalProgram:
    """Signal the program in place of its shim."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class TakeOutput:
    """Read the output in place of the shim."""


@dataclass(frozen=True, slots=True)
class EndLeftovers:
    """End what the program left behind."""


@dataclass(frozen=True, slots=True)
class AskCheck:
    """Have the success check evaluated, for the first time or again."""


@dataclass(frozen=True, slots=True)
class SaveOutput:
    """Keep what the program wrote last, before anybody reads that it has ended."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Let go of the run's descriptors once the books say that it is final; until then they may be the only witness."""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Look again after so many seconds, without waiting for the next sweep."""

    after_seconds: float


Action = (
    Record
    | AskStart
    | ForbidStart
    | AskAdoption
    | WriteStop
    | WakeShim
    | SignalProgram
    | TakeOutput
    | EndLeftovers
    | AskCheck
    | SaveOutput
    | Forget
    | LookAgain
)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a plan may depend on. `stop` is how the run's definition wants its program to be asked to end."""

    run: Run
    seen: RunEvidence
    verdict: Verdict
    actor: str
    stop: StopSettings
    finishing_for_seconds: float = 0.0

    @property
    def now(self) -> datetime:
        """When the evidence was read."""
        return self.seen.looked_at


def plan(it: Situation) -> list[Action]:
    """The actions, in the order in which they are to be done."""
    match it.verdict:
        case NotLinked():
            return [*_stop_if_asked(it), *_start_or_forbid(it)]
        case Starting():
            return [
                *_condition(it, frozenset(), None),
                *_stop_if_asked(it),
                *_wake_if_stopping(it),
                *_look_if_deaf(it),
            ]
        case Alive(started_at, supervised):
            return [
                *_running(it, started_at, supervised=supervised),
                *_take_output(supervised),
                *_stop_if_over(it),
                *_stop_if_stalled(it, supervised=supervised),
                *_stop_if_asked(it),
                *_ladder(it, supervised=supervised),
                *_look_if_deaf(it),
            ]
        case Finishing(started_at, observed):
            return [*_stop_if_asked(it), *_finishing(it, started_at, observed)]
        case AskKeeper():
            return [AskAdoption(), *_finishing(it, None, None), LookAgain(1.0)]
        case CleanUp(ending):
            return [*_finishing(it, None, ending.exit), TakeOutput(), EndLeftovers(), LookAgain(0.2)]
        case Unchecked(started_at, observed):
            return [*_stop_if_asked(it), *_check(it), *_finishing(it, started_at, observed, _CHECKING), LookAgain(1.0)]
        case Ended():
            return [*_ended(it, it.verdict)]
        case Unreachable(why):
            return [*_condition(it, frozenset({"unreachable"}), why)]
        case _:
            assert_never(it.verdict)


def amend(it: Situation) -> list[Action]:
    """What later evidence says of a run whose outcome was unknown."""
    if isinstance(it.verdict, Ended) and it.verdict.ending.outcome is not Outcome.UNKNOWN:
        ended = it.verdict
        return [Record(transitions.amended(it.run.id, ended.ending, ended.tree, it.now, it.actor)), Forget()]
    return [Forget()]


def cannot_finish(it: Situation, why: str) -> list[Action]:
    """What is said of a run that has ended while something that must come first cannot be done."""
    ended = it.verdict
    return [*_condition(it, frozenset({"finishing"}), why, ended.ending.exit if isinstance(ended, Ended) else None)]


def _start_or_forbid(it: Situation) -> Iterator[Action]:
    if it.run.stop_requested_at is None and it.run.state is RunState.STARTING:
        yield from _condition(it, frozenset(), it.seen.start_trouble)
        yield AskStart()
    else:
        yield ForbidStart()
        yield LookAgain(0.0)


def _may_be_unread(records: RunRecords) -> bool:
    """Whether output may be left in the FIFO: a shim says `done` when it has emptied it; without a program is none."""
    return records.start_error is None and (records.done is None or records.done.by != "shim")


def _running(it: Situation, started_at: datetime, *, supervised: bool) -> Iterator[Action]:
    if it.run.state is RunState.STARTING:
        yield Record(transitions.started(it.run.id, started_at, it.actor, supervised=supervised))
    else:
        yield from _condition(it, *_how_it_is(it, supervised=supervised))


def _how_it_is(it: Situation, *, supervised: bool) -> tuple[frozenset[str], str | None]:
    """The conditions of a living program. Without its shim nobody listens, so that its silence says nothing."""
    if not supervised:
        return frozenset({"unsupervised"}), None
    child, said = it.seen.records.child, it.seen.said
    stall = child.terms.stall if child else None
    if stall is None or said is None or said.silent_seconds is None:
        return frozenset(), None
    return frozenset({"silent"}), f"nothing was heard of the program for {shown_seconds(stall.seconds)} s ({stall.by})"


def _look_if_deaf(it: Situation) -> Iterator[Action]:
    if not it.seen.death_is_heard:
        yield LookAgain(LOOK_AGAIN_SECONDS)


def _take_output(supervised: bool) -> Iterator[Action]:
    if not supervised:
        yield TakeOutput()


def _stop_if_stalled(it: Situation, *, supervised: bool) -> Iterator[Action]:
    """As for a limit of time, for a run that stayed silent although everybody could see that it was."""
    child, said = it.seen.records.child, it.seen.said
    stall = child.terms.stall if child else None
    if stall is None or said is None or not supervised or it.run.stop_requested_at is not None:
        return
    is_warned = said.warned_seconds >= STALL_WARNING_SECONDS and "silent" in it.run.conditions
    if said.silent_seconds is None or not is_warned or stall.on_stall is OnStall.WARN:
        return
    why = "stalled" if stall.on_stall is OnStall.STOP else "stalled_restart"
    yield Record(transitions.stop_requested(it.run.id, it.now, it.actor, why, None))
    yield LookAgain(0.0)


def _stop_if_over(it: Situation) -> Iterator[Action]:
    """Ask for the end of a run whose time is over, as a person would: from then on it is a stop like any other."""
    child, ran = it.seen.records.child, it.seen.runs_for_seconds
    limit = child.terms.max_runtime_seconds if child else None
    if limit is None or ran is None or it.run.stop_requested_at is not None:
        return
    if ran >= limit:
        yield Record(transitions.stop_requested(it.run.id, it.now, it.actor, "max_runtime", None))
    if limit - ran < LOOKED_AT_WITHIN_SECONDS:
        yield LookAgain(max(0.0, limit - ran))


def _stop_if_asked(it: Situation) -> Iterator[Action]:
    """The first step of the ladder: the request to disk, then the state with its deadline."""
    run = it.run
    if run.state is RunState.STOPPING:
        yield from _bring_forward(it)
        return
    if run.stop_requested_at is None:
        return
    grace = it.stop.grace_seconds if run.stop_grace_seconds is None else run.stop_grace_seconds
    yield WriteStop(
        StopRecord(
            requested_at=run.stop_requested_at,
            requested_by=run.stop_requested_by or "unknown",
            why=run.stop_why or "person",
            signal=it.stop.signal,
            grace_seconds=grace,
            deadline_at=it.now + timedelta(seconds=grace),
            limit_seconds=_limit_of(it),
        )
    )


def _bring_forward(it: Situation) -> Iterator[Action]:
    """The grace was shortened while it ran: whoever is to end the run reads its deadline from disk."""
    stop, deadline_at = it.seen.records.stop, it.run.stop_deadline_at
    if stop is not None and deadline_at is not None and deadline_at < stop.deadline_at:
        yield WriteStop(stop.ending_at(deadline_at, it.now))


def _limit_of(it: Situation) -> float | None:
    """The limit because of which the run is to end."""
    terms = it.seen.records.child.terms if it.seen.records.child else NO_TERMS
    match it.run.stop_why:
        case "max_runtime":
            return terms.max_runtime_seconds
        case "stalled" | "stalled_restart" if terms.stall is not None:
            return terms.stall.seconds
        case _:
            return None


def _wake_if_stopping(it: Situation) -> Iterator[Action]:
    if it.run.state is RunState.STOPPING:
        yield WakeShim()


def _ladder(it: Situation, *, supervised: bool) -> Iterator[Action]:
    """The shim stops its program; we stop one whose shim is gone, and help one whose shim is frozen."""
    stop = it.seen.records.stop
    if it.run.state is not RunState.STOPPING or stop is None:
        return
    if supervised:
        yield WakeShim()
        if it.now >= stop.deadline_at + FROZEN_SHIM_SLACK:
            yield SignalProgram(SIGKILL, "deadline")
    elif not stop.signals:
        yield SignalProgram(stop.signal, "stop")
        yield LookAgain(max(0.0, (stop.deadline_at - it.now).total_seconds()))
    elif it.now < stop.deadline_at:
        yield LookAgain((stop.deadline_at - it.now).total_seconds())
    else:
        yield SignalProgram(SIGKILL, "deadline")


def _check(it: Situation) -> Iterator[Action]:
    """The check may look at the output, so all of that comes first."""
    if it.seen.check_runs:
        return
    if _may_be_unread(it.seen.records):
        yield SaveOutput()
    yield AskCheck()


def _finishing(
    it: Situation, started_at: datetime | None, observed: ProcessExit | None, detail: str | None = None
) -> Iterator[Action]:
    if it.finishing_for_seconds < FINISHING_SHOWN_AFTER_SECONDS:
        yield LookAgain(FINISHING_SHOWN_AFTER_SECONDS)
        return
    if it.run.state is RunState.STARTING and started_at is not None:
        yield Record(transitions.started(it.run.id, started_at, it.actor, supervised=True))
    yield from _condition(it, frozenset({"finishing"}), detail, observed)
    if it.seen.lock is Lock.HELD:
        yield WakeShim()


def _condition(
    it: Situation, conditions: frozenset[str], detail: str | None, observed: ProcessExit | None = None
) -> Iterator[Action]:
    same_code = observed is None or (observed.exit_code, observed.signal) == (it.run.exit_code, it.run.signal)
    silent_since = _silent_since(it, conditions)
    told = (it.run.conditions, it.run.condition_detail, it.run.silent_since)
    if (conditions, detail, silent_since) == told and same_code:
        return
    seen_alive_at = it.seen.last_seen_alive_at if conditions & NOT_SEEN_ALIVE else None
    yield Record(
        transitions.condition_changed(
            it.run.id, conditions, detail, it.now, it.actor, observed, seen_alive_at, silent_since
        )
    )


def _silent_since(it: Situation, conditions: frozenset[str]) -> datetime | None:
    """When the last sign of life came, for one silence always the same: the shim tells it by two clocks, twice.

    None where a shim of before has not dated it.
    """
    said, told = it.seen.said, it.run.silent_since
    if "silent" not in conditions or said is None or said.silent_since is None:
        return None
    return told if told is not None and abs(told - said.silent_since) < ONE_SILENCE else said.silent_since


def _ended(it: Situation, ended: Ended) -> Iterator[Action]:
    if _may_be_unread(it.seen.records):
        yield SaveOutput()
    if ended.started_at is not None and it.run.state is RunState.STARTING:
        yield Record(transitions.started(it.run.id, ended.started_at, it.actor, supervised=True))
    yield Record(
        transitions.ended(it.run.id, ended.ending, ended.tree, it.now, it.actor, ended.started_at, it.seen.said)
    )
    yield Forget()
