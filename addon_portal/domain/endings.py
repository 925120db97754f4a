"""Why a run ended, concluded from evidence alone.

`Ending` is the value every final transition is made of; the constructors here are its only makers and each demands
the facts its reason needs. Nothing is guessed: not knowing is an ending of its own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from addon_portal.domain import limits, reasons
from addon_portal.domain.clock import to_text
from addon_portal.domain.exits import ProcessExit, signal_name
from addon_portal.domain.reasons import Reason
from addon_portal.domain.records import CheckRecord, ExitRecord, SentSignal, StartErrorRecord, StopRecord
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import shown_seconds

STOP_REASONS: Mapping[str, Reason] = {
    "person": Reason.STOPPED_BY_PERSON,
    "shutdown": Reason.STOPPED_BY_PERSON,
    "replaced": Reason.REPLACED,
    "max_runtime": Reason.TIMED_OUT,
    "stalled": Reason.STALLED,
    "stalled_restart": Reason.STALLED,
}
"""What a stop that took effect makes of a run, by the `why` of its request."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended and how we know.

    `source` is who saw it: `shim`, `keeper`, `kernel`, `records` or `nobody`. `ended_at` is None when only the interval
    in `facts` is known.
    """

    reason: Reason
    facts: Mapping[str, object]
    source: str
    ended_at: datetime | None
    exit: ProcessExit | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def state(self) -> RunState:
        """The final state this ending gives."""
        return reasons.REASONS[self.reason].state

    @property
    def outcome(self) -> Outcome | None:
        """The outcome this ending gives; None for a cancelled run."""
        return reasons.REASONS[self.reason].outcome

    @property
    def message(self) -> str:
        """The sentence people read, with the notes behind it."""
        return " ".join((reasons.sentence(self.reason, self.facts), *self.notes))


def from_exit_record(record: ExitRecord, stop: StopRecord | None) -> Ending:
    """The ending that a written exit record proves."""
    signals = record.signals + (stop.signals if stop else ())
    events = record.limit_events
    ending = from_exit(record.exit, record.ended_at, record.by, stop, signals, events.oom_kills)
    said = limits.notes(record.limits, events, died_of_memory=ending.reason is Reason.OUT_OF_MEMORY)
    return replace(ending, notes=(*ending.notes, *said)) if said else ending


def from_exit(
    exit: ProcessExit,
    ended_at: datetime | None,
    source: str,
    stop: StopRecord | None,
    signals: tuple[SentSignal, ...] = (),
    oom_kills: int = 0,
) -> Ending:
    """The ending that a wait status proves.

    A stop counts only if a signal of ours was sent before the status was seen; otherwise the program's own
    ending stands and a note says that a stop had been asked for.
    """
    facts: dict[str, object] = {
        "wait_status": exit.wait_status,
        "signals_sent": [_shown(sent) for sent in signals],
    }
    notes: tuple[str, ...] = ()
    if exit.exit_code is not None:
        facts["exit_code"] = exit.exit_code
    if exit.signal is not None:
        facts |= {
            "signal": exit.signal,
            "signal_name": signal_name(exit.signal),
            "core_dumped": exit.core_dumped,
        }
    if stop is not None and signals:
        return _stopped(exit, ended_at, source, stop, facts)
    if stop is not None:
        asked = f"{stop.requested_by} had asked for a stop{_because(stop)}"
        notes = (f"{asked}, but the program ended by itself before any signal was sent.",)
    if exit.succeeded:
        reason = Reason.SUCCEEDED
    elif exit.signal == 9 and oom_kills:
        reason, facts["oom_kills"] = Reason.OUT_OF_MEMORY, oom_kills
    else:
        reason = Reason.SIGNAL if exit.signal is not None else Reason.EXIT_CODE
    return Ending(reason, facts, source, ended_at, exit, notes)


def _stopped(
    exit: ProcessExit, ended_at: datetime | None, source: str, stop: StopRecord, facts: dict[str, object]
) -> Ending:
    how = f"with exit code {exit.exit_code}" if exit.exit_code is not None else f"by {facts['signal_name']}"
    facts |= _stop_facts(stop)
    return Ending(STOP_REASONS[stop.why], facts, source, ended_at, exit, (f"It ended {how}.",))


def _stop_facts(stop: StopRecord) -> dict[str, object]:
    """What a sentence may say of a stop: who asked, when, and the limit where that was why."""
    facts: dict[str, object] = {"stopped_by": stop.requested_by, "stop_requested_at": to_text(stop.requested_at)}
    match STOP_REASONS[stop.why]:
        case Reason.TIMED_OUT:
            facts["max_runtime_seconds"] = _limit(stop)
        case Reason.STALLED:
            facts["stall_seconds"] = _limit(stop)
        case _:
            pass
    return facts


def _because(stop: StopRecord) -> str:
    match STOP_REASONS[stop.why]:
        case Reason.TIMED_OUT:
            return f" because of the limit of {_limit(stop)} s"
        case Reason.STALLED:
            return f" because it was silent for {_limit(stop)} s"
        case _:
            return ""


def _limit(stop: StopRecord) -> float | str:
    """A record that does not say it, which we have not written, costs the number and not the reason."""
    return "an unknown number of" if stop.limit_seconds is None else shown_seconds(stop.limit_seconds)


def _shown(sent: SentSignal) -> dict[str, object]:
    return {
        "signal": sent.signal,
        "signal_name": signal_name(sent.signal),
        "at": to_text(sent.at),
        "why": sent.why,
    }


def checked(ending: Ending, check: CheckRecord) -> Ending:
    """The ending of a program that returned 0, by what its project's success check found."""
    facts = {**ending.facts, "checked_at": to_text(check.at), "check_output": check.output_tail}
    if check.problem is None:
        return replace(ending, facts=facts)
    return replace(ending, reason=Reason.CHECK_FAILED, facts=facts | {"check": check.problem})


def from_start_error(record: StartErrorRecord, stop: StopRecord | None) -> Ending:
    """The ending of a program whose code never ran.

    A gate that closed unopened is the stop's doing where one was asked for, and an interrupted launch otherwise.
    """
    facts: dict[str, object] = {
        "step": record.step,
        "errno": record.errno,
        "problem": _problem(record),
    }
    if not record.is_gate_closed:
        return Ending(Reason.COULD_NOT_START, facts, "records", record.at)
    return never_began("the gate was closed before it opened", record.at, stop)


def _problem(record: StartErrorRecord) -> str:
    what = os.strerror(record.errno) if record.errno else record.message
    match record.step:
        case "exec" if record.errno == 2:
            return f"command not found: {record.file or 'its first word'}"
        case "exec":
            return f"{record.file or 'the command'} cannot be executed: {what}"
        case "working_directory":
            return f"working directory {record.file or ''} cannot be entered: {what}".replace("  ", " ")
        case "limits":
            return f"its limits could not be applied: {record.message or what}"
        case step:
            return f"{step.replace('_', ' ')}: {record.message or what}"


def never_began(proof: str, at: datetime | None, stop: StopRecord | None) -> Ending:
    """User code certainly did not run, `proof` says how that is known; a stop's doing where one was asked for."""
    facts: dict[str, object] = {"proof": proof}
    if stop is None:
        return Ending(Reason.LAUNCH_INTERRUPTED, facts, "records", at)
    facts |= _stop_facts(stop)
    return Ending(STOP_REASONS[stop.why], facts, "records", at, None, ("Its program had not begun.",))


def unknown(
    last_seen_alive_at: datetime | None, found_dead_at: datetime, why: str, *, host_restarted: bool = False
) -> Ending:
    """The program has ended (or was ended with its host) and nobody saw how."""
    reason = Reason.HOST_RESTARTED if host_restarted else Reason.OUTCOME_UNKNOWN
    facts = {
        "last_seen_alive_at": to_text(last_seen_alive_at) if last_seen_alive_at else "its start",
        "found_dead_at": to_text(found_dead_at),
        "why": why,
    }
    return Ending(reason, facts, "nobody", None)


def withdrawn(by: str, at: datetime) -> Ending:
    """A run that was taken back while it waited."""
    return Ending(Reason.WITHDRAWN, {"stopped_by": by}, "records", at)


def could_not_prepare(step: str, errno: int, message: str, at: datetime) -> Ending:
    """The run directory or workspace could not be made, so nothing was asked to start."""
    facts = {"step": step, "errno": errno, "problem": f"{step.replace('_', ' ')}: {message}"}
    return Ending(Reason.COULD_NOT_START, facts, "records", at)
