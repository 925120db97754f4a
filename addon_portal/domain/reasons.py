"""Why a run ended: the closed list, each with the state and outcome it gives, a sentence and a next step.

Public API: adding a reason needs a line in `docs/reference/reasons.md`, a test and a change note. Sentences are
filled from the facts of an `Ending`; this module never decides which reason holds, `endings` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from addon_portal.domain.states import Outcome, RunState


class Reason(StrEnum):
    """Why a run is in its final state."""

    SUCCEEDED = "succeeded"
    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    OUT_OF_MEMORY = "out_of_memory"
    TIMED_OUT = "timed_out"
    STALLED = "stalled"
    COULD_NOT_START = "could_not_start"
    CHECK_FAILED = "check_failed"
    LAUNCH_INTERRUPTED = "launch_interrupted"
    EXECUTOR_LOST = "executor_lost"
    OUTCOME_UNKNOWN = "outcome_unknown"
    HOST_RESTARTED = "host_restarted"
    STOPPED_BY_PERSON = "stopped_by_person"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ReasonInfo:
    """What a reason means: the state and outcome it gives, and what people read."""

    state: RunState
    outcome: Outcome | None
    sentence: str
    """A format string over the facts named in `evidence`."""
    evidence: tuple[str, ...]
    """The facts that must be known before this reason may be given."""
    next_step: str


_FAILED, _CANCELLED = RunState.FAILED, RunState.CANCELLED
_FAILURE, _UNKNOWN = Outcome.FAILURE, Outcome.UNKNOWN

REASONS: Mapping[Reason, ReasonInfo] = {
    Reason.SUCCEEDED: ReasonInfo(
        RunState.COMPLETED,
        Outcome.SUCCESS,
        "The program ended with exit code 0.",
        ("exit_code",),
        "Nothing to do.",
    ),
    Reason.EXIT_CODE: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program ended with exit code {exit_code}.",
        ("exit_code",),
        "Read the last lines of the output, mend what they name, then restart.",
    ),
    Reason.SIGNAL: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program was ended by {signal_name} (signal {signal}); the portal did not send it.",
        ("signal", "signal_name"),
        "Find out who sent the signal (the kernel's log names out-of-memory kills), then restart.",
    ),
    Reason.OUT_OF_MEMORY: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program was ended by SIGKILL and the kernel's out-of-memory count of its group rose by {oom_kills}.",
        ("signal", "oom_kills"),
        "Raise the memory limit or make the program work in smaller batches, then restart.",
    ),
    Reason.TIMED_OUT: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The run exceeded its limit of {max_runtime_seconds} s and was stopped by the portal.",
        ("max_runtime_seconds",),
        "Raise max_runtime_seconds if it needs longer, then restart.",
    ),
    Reason.STALLED: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program was silent for {stall_seconds} s and its project says that it is then to be stopped.",
        ("stall_seconds",),
        "Look where the output stopped, then restart.",
    ),
    Reason.COULD_NOT_START: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program could not be started: {problem}.",
        ("step", "errno", "problem"),
        "Correct the command, its working directory or its permissions, then restart with the latest definition.",
    ),
    Reason.CHECK_FAILED: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The program ended with exit code 0, but the project's success check did not hold: {check}.",
        ("exit_code", "check"),
        "Look at the result the check names, then restart.",
    ),
    Reason.LAUNCH_INTERRUPTED: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The launch was interrupted before the program began; none of its code ran.",
        ("proof",),
        "Restart; nothing of the program has run yet.",
    ),
    Reason.EXECUTOR_LOST: ReasonInfo(
        _FAILED,
        _FAILURE,
        "The engine that ran the program was lost: {problem}.",
        ("problem",),
        "Look at the engine, then restart.",
    ),
    Reason.OUTCOME_UNKNOWN: ReasonInfo(
        _FAILED,
        _UNKNOWN,
        "The program ended between {last_seen_alive_at} and {found_dead_at}; nobody was there to see how: {why}.",
        ("last_seen_alive_at", "found_dead_at", "why"),
        "Check what the program has done, then restart if it is safe to repeat.",
    ),
    Reason.HOST_RESTARTED: ReasonInfo(
        _FAILED,
        _UNKNOWN,
        "The host (or its container) restarted between {last_seen_alive_at} and {found_dead_at} "
        "and ended the program with it; how far it came is not known.",
        ("last_seen_alive_at", "found_dead_at"),
        "Check what the program has done, then restart if it is safe to repeat.",
    ),
    Reason.STOPPED_BY_PERSON: ReasonInfo(
        _CANCELLED,
        None,
        "The run was stopped by {stopped_by}.",
        ("stopped_by",),
        "Restart when you want it to go on.",
    ),
    Reason.REPLACED: ReasonInfo(
        _CANCELLED,
        None,
        "The run was stopped by {stopped_by} to be replaced by a restart.",
        ("stopped_by",),
        "Look at the run that replaced it.",
    ),
    Reason.WITHDRAWN: ReasonInfo(
        _CANCELLED,
        None,
        "The run was withdrawn by {stopped_by} before it started.",
        ("stopped_by",),
        "Restart when you want it to run.",
    ),
}


START_STEPS: Mapping[str, str] = {
    "limits": "Restart: its control groups are made anew. If they cannot be entered again, `addon-portal doctor` tells "
    "what keeps limits on this host; mend that, or take the limits from the project.",
}
"""What to try instead where a start failed at a step with which the command has nothing to do."""


def next_step(reason: Reason, facts: Mapping[str, object]) -> str:
    """What to try next, by what is known of the ending."""
    usual = REASONS[reason].next_step
    return START_STEPS.get(str(facts.get("step")), usual) if reason is Reason.COULD_NOT_START else usual


def sentence(reason: Reason, facts: Mapping[str, object]) -> str:
    """One sentence in plain words. Raises KeyError when a fact that the reason demands is missing."""
    return REASONS[reason].sentence.format_map({name: _in_words(name, fact) for name, fact in facts.items()})


def _in_words(name: str, fact: object) -> object:
    """Who has asked, as people say it: Ada for `person:Ada`, the key ci for `key:ci`."""
    if not name.endswith("_by") or not isinstance(fact, str):
        return fact
    kind, _, who = fact.partition(":")
    return {"person": who, "key": f"the key {who}"}.get(kind, fact)
