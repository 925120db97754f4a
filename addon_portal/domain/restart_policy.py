"""Whether and when a project's policy restarts a run that has ended.

`decide` is pure: it is given the run, the restarts that the policy made in an unbroken row before it, each with its
age, and a chance for the jitter. Promises that a program is never restarted more often than its policy allows, that
what was not the program's doing uses up none of its tries, and that nobody's stop is undone. Leaves clocks, storing and
making to the supervisor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import needs_confirmation
from addon_portal.domain.states import Outcome, RunState

OURS = frozenset({Reason.LAUNCH_INTERRUPTED, Reason.EXECUTOR_LOST})
"""Endings that are our doing and not the program's."""
BY_PEOPLE = frozenset({"person", "shutdown", "replaced"})
"""Why somebody asked for a stop; what ended after that is not restarted behind his back, however it ended."""
MOST_FREE = 5
FREE_WITHIN_SECONDS = 3600.0
"""Restarts that use up no try: so many within that time, lest what is broken on our side is tried for ever."""
_NOT_ITS_DOING = "what ended it was not the program's doing"
_LARGEST_EXPONENT = 64
POLICY_ACTOR = "restart policy"


class RestartMode(StrEnum):
    """After which endings a project wants its runs restarted."""

    NEVER = "never"
    ON_FAILURE = "on-failure"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """What a project wants done about runs that have ended."""

    mode: RestartMode = RestartMode.NEVER
    max_restarts: int = 3
    """Restarts in a row; a run that somebody asks for begins a new row."""
    window_seconds: float | None = None
    """Restarts longer ago than this no longer count; None counts all of the row."""
    initial_seconds: float = 1.0
    factor: float = 2.0
    max_seconds: float = 300.0
    jitter: float = 0.2
    """The part of a pause that chance may take away."""
    reasons: frozenset[Reason] | None = None
    """Only failures for these reasons are restarted; None for all. What is ours is restarted anyway."""
    unknown: bool = False
    """Whether a run is restarted of which nobody knows how it ended."""


@dataclass(frozen=True, slots=True)
class PastRestart:
    """One that the policy made before: how long ago, and whether it used up one of the program's tries."""

    age_seconds: float
    counts: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Restart after so many seconds."""

    after_seconds: float
    counts: bool
    why: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The run would be restarted, and may not be; that is worth telling somebody."""

    why: str


Decision = Again | GiveUp | None
"""None: the policy has nothing to say about this ending."""


def decide(
    policy: RestartPolicy, run: Run, past: Sequence[PastRestart], chance: float, *, is_wanted: bool = False
) -> Decision:
    """What is to follow a final run. `chance` is from [0, 1).

    `is_wanted` says that something else than the policy asks for it (a rule for silent runs); how often is for the
    policy to say all the same.
    """
    assert run.reason is not None, "only a final run is followed"
    if run.stop_why in BY_PEOPLE or run.state is RunState.CANCELLED or not (is_wanted or _applies(policy, run)):
        return None
    if needs_confirmation(run.tree):
        return GiveUp("it is not proven that everything the run had started is gone; look, then restart with confirm")
    if run.reason in OURS or run.outcome is Outcome.UNKNOWN:
        return _again_for_free(policy, past)
    tries = sum(
        each.counts and (policy.window_seconds is None or each.age_seconds <= policy.window_seconds) for each in past
    )
    if tries >= policy.max_restarts:
        within = "in a row" if policy.window_seconds is None else f"within {policy.window_seconds:g} s"
        return GiveUp(f"it was restarted {_times(tries)} {within}, as often as the policy allows")
    pause = backoff(policy, tries, chance)
    return Again(pause, counts=True, why=f"restart {tries + 1} of {policy.max_restarts} by the policy")


def backoff(policy: RestartPolicy, before: int, chance: float) -> float:
    """The pause before the next restart, after so many."""
    pause = policy.initial_seconds * policy.factor ** min(before, _LARGEST_EXPONENT)
    return min(pause, policy.max_seconds) * (1 - policy.jitter * chance)


def _applies(policy: RestartPolicy, run: Run) -> bool:
    match policy.mode, run.outcome:
        case RestartMode.NEVER, _:
            return False
        case mode, Outcome.SUCCESS:
            return mode is RestartMode.ALWAYS
        case _, Outcome.UNKNOWN:
            return policy.unknown
        case _:
            return run.reason in OURS or policy.reasons is None or run.reason in policy.reasons


def _again_for_free(policy: RestartPolicy, past: Sequence[PastRestart]) -> Decision:
    free = sum(not each.counts and each.age_seconds <= FREE_WITHIN_SECONDS for each in past)
    if free >= MOST_FREE:
        return GiveUp(f"{_NOT_ITS_DOING}, and {_times(free)} within an hour are enough")
    return Again(backoff(policy, free, 0.0), counts=False, why=f"{_NOT_ITS_DOING} and costs it no try")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def policy_to_json(policy: RestartPolicy | None) -> dict[str, object] | None:
    """As it is stored and shown; None for a project without one."""
    if policy is None or policy.mode is RestartMode.NEVER:
        return None
    return {
        "mode": policy.mode.value,
        "max_restarts": policy.max_restarts,
        "window_seconds": policy.window_seconds,
        "initial_seconds": policy.initial_seconds,
        "factor": policy.factor,
        "max_seconds": policy.max_seconds,
        "jitter": policy.jitter,
        "reasons": None if policy.reasons is None else sorted(reason.value for reason in policy.reasons),
        "unknown": policy.unknown,
    }


def policy_from_json(kept: Mapping[str, Any] | None) -> RestartPolicy | None:
    """What `policy_to_json` wrote."""
    if kept is None:
        return None
    reasons = kept["reasons"]
    return RestartPolicy(
        mode=RestartMode(kept["mode"]),
        max_restarts=kept["max_restarts"],
        window_seconds=kept["window_seconds"],
        initial_seconds=kept["initial_seconds"],
        factor=kept["factor"],
        max_seconds=kept["max_seconds"],
        jitter=kept["jitter"],
        reasons=None if reasons is None else frozenset(Reason(reason) for reason in reasons),
        unknown=kept["unknown"],
    )
