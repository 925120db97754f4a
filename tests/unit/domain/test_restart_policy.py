"""What a policy says of every ending, and that it never says too much."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon_portal.domain.ids import new_run_id
from addon_portal.domain.models import RestartCause, Run
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.restart_policy import (
    BY_PEOPLE,
    MOST_FREE,
    OURS,
    Again,
    GiveUp,
    PastRestart,
    RestartMode,
    RestartPolicy,
    backoff,
    decide,
    policy_from_json,
    policy_to_json,
)
from addon_portal.domain.restarts import age_of, repeat, seconds_until_due
from addon_portal.domain.states import Outcome, RunState
from tests.unit.domain.evidence_factory import STARTED_AT
from tests.unit.domain.runs import RUNNING

ON_FAILURE = RestartPolicy(RestartMode.ON_FAILURE, jitter=0.0)
ALWAYS = replace(ON_FAILURE, mode=RestartMode.ALWAYS)
FAILURES = [reason for reason, info in REASONS.items() if info.outcome is Outcome.FAILURE]
CANCELLED = [reason for reason, info in REASONS.items() if info.state is RunState.CANCELLED]
UNKNOWN = [Reason.OUTCOME_UNKNOWN, Reason.HOST_RESTARTED]

POLICIES = st.builds(
    RestartPolicy,
    mode=st.sampled_from(RestartMode),
    max_restarts=st.integers(1, 6),
    window_seconds=st.none() | st.floats(1, 1000),
    initial_seconds=st.floats(0, 100),
    factor=st.floats(1, 10),
    max_seconds=st.floats(0, 1000),
    jitter=st.floats(0, 1),
    reasons=st.none() | st.frozensets(st.sampled_from(FAILURES), min_size=1),
    unknown=st.booleans(),
)
CHANCES = st.floats(0, 1, exclude_max=True)


def ended(reason: Reason, stop_why: str | None = None, tree: str = "proven") -> Run:
    """A run that has ended so."""
    info = REASONS[reason]
    return replace(RUNNING, state=info.state, outcome=info.outcome, reason=reason, stop_why=stop_why, tree=tree)


def row(*counts: bool, age: float = 1.0) -> list[PastRestart]:
    """Restarts before."""
    return [PastRestart(age, each) for each in counts]


@pytest.mark.parametrize("reason", FAILURES)
def test_a_failure_is_restarted_by_those_that_want_it(reason: Reason) -> None:
    for policy in (ON_FAILURE, ALWAYS):
        assert decide(policy, ended(reason), [], 0.0) == Again(1.0, reason not in OURS, _why(reason))
    assert decide(RestartPolicy(), ended(reason), [], 0.0) is None


def _why(reason: Reason) -> str:
    if reason in OURS:
        return "what ended it was not the program's doing and costs it no try"
    return "restart 1 of 3 by the policy"


def test_a_success_is_restarted_only_where_it_is_always_done() -> None:
    assert decide(ON_FAILURE, ended(Reason.SUCCEEDED), [], 0.0) is None
    assert isinstance(decide(ALWAYS, ended(Reason.SUCCEEDED), [], 0.0), Again)


@pytest.mark.parametrize("reason", CANCELLED)
def test_what_was_cancelled_stays_so(reason: Reason) -> None:
    assert decide(ALWAYS, ended(reason), [], 0.0) is None


@pytest.mark.parametrize("why", sorted(BY_PEOPLE))
@pytest.mark.parametrize("reason", FAILURES)
def test_nobodys_stop_is_undone_however_the_program_ended(reason: Reason, why: str) -> None:
    assert decide(ALWAYS, ended(reason, why), [], 0.0) is None
    assert decide(ALWAYS, ended(reason, "max_runtime"), [], 0.0) is not None


@pytest.mark.parametrize("reason", UNKNOWN)
def test_the_unknown_is_restarted_only_where_the_project_says_so_and_costs_no_try(reason: Reason) -> None:
    assert decide(ALWAYS, ended(reason), [], 0.0) is None
    allowed = replace(ON_FAILURE, unknown=True)
    again = decide(allowed, ended(reason), row(*[True] * 3), 0.0)
    assert isinstance(again, Again)
    assert not again.counts


def test_only_the_reasons_that_are_listed_count_and_ours_always() -> None:
    picky = replace(ON_FAILURE, reasons=frozenset({Reason.SIGNAL}))
    assert decide(picky, ended(Reason.EXIT_CODE), [], 0.0) is None
    assert isinstance(decide(picky, ended(Reason.SIGNAL), [], 0.0), Again)
    assert isinstance(decide(picky, ended(Reason.LAUNCH_INTERRUPTED), [], 0.0), Again)


def test_leftovers_that_may_be_alive_are_told_and_not_joined_by_a_second_copy() -> None:
    assert isinstance(decide(ON_FAILURE, ended(Reason.EXIT_CODE, tree="assumed"), [], 0.0), GiveUp)
    assert decide(RestartPolicy(), ended(Reason.EXIT_CODE, tree="assumed"), [], 0.0) is None


def test_pauses_grow_until_the_tries_are_used_up() -> None:
    decided = [decide(ON_FAILURE, ended(Reason.EXIT_CODE), row(*[True] * before), 0.0) for before in range(4)]
    assert [each.after_seconds for each in decided if isinstance(each, Again)] == [1.0, 2.0, 4.0]
    assert decided[-1] == GiveUp("it was restarted 3 times in a row, as often as the policy allows")


def test_what_was_ours_uses_up_no_try() -> None:
    past = row(True, False, False, True)
    again = decide(ON_FAILURE, ended(Reason.EXIT_CODE), past, 0.0)
    assert isinstance(again, Again)
    assert (again.after_seconds, again.counts) == (4.0, True)


def test_what_is_broken_on_our_side_is_not_tried_for_ever() -> None:
    ours = ended(Reason.LAUNCH_INTERRUPTED)
    assert isinstance(decide(ON_FAILURE, ours, row(*[False] * (MOST_FREE - 1)), 0.0), Again)
    assert isinstance(decide(ON_FAILURE, ours, row(*[False] * MOST_FREE), 0.0), GiveUp)
    assert isinstance(decide(ON_FAILURE, ours, row(*[False] * MOST_FREE, age=3601), 0.0), Again)


def test_restarts_longer_ago_than_the_window_do_not_count() -> None:
    within = replace(ON_FAILURE, window_seconds=60.0)
    assert isinstance(decide(within, ended(Reason.EXIT_CODE), row(*[True] * 3, age=59), 0.0), GiveUp)
    assert decide(within, ended(Reason.EXIT_CODE), row(*[True] * 3, age=61), 0.0) == Again(
        1.0, True, "restart 1 of 3 by the policy"
    )


def test_a_rule_for_silent_runs_is_bound_by_the_policy_too() -> None:
    silent = ended(Reason.STALLED, "stall")
    picky = replace(ON_FAILURE, reasons=frozenset({Reason.SIGNAL}))
    assert isinstance(decide(picky, silent, [], 0.0, is_wanted=True), Again)
    assert isinstance(decide(picky, silent, row(*[True] * 3), 0.0, is_wanted=True), GiveUp)
    assert decide(picky, ended(Reason.STOPPED_BY_PERSON), [], 0.0, is_wanted=True) is None


@given(POLICIES, st.lists(st.tuples(st.sampled_from(Reason), CHANCES), max_size=40))
def test_a_program_is_never_restarted_more_often_than_its_policy_allows(
    policy: RestartPolicy, endings: list[tuple[Reason, float]]
) -> None:
    """All restarts of one row, as close together as the pauses allow."""
    past: list[PastRestart] = []
    for reason, chance in endings:
        match decide(policy, ended(reason), past, chance):
            case Again(after_seconds, counts, _):
                assert 0 <= after_seconds <= policy.max_seconds
                assert counts == (reason not in OURS and REASONS[reason].outcome is not Outcome.UNKNOWN)
                past = [
                    PastRestart(0.0, counts),
                    *(replace(each, age_seconds=each.age_seconds + after_seconds) for each in past),
                ]
            case _:
                break  # Nothing comes of it without somebody.
        window = policy.window_seconds
        tries = [each for each in past if each.counts and (window is None or each.age_seconds <= window)]
        assert len(tries) <= policy.max_restarts
        assert policy.mode is not RestartMode.NEVER


@given(POLICIES, st.integers(0, 10_000), CHANCES)
def test_a_pause_lies_between_its_bounds_and_does_not_shrink(policy: RestartPolicy, before: int, chance: float) -> None:
    longest = backoff(policy, before, 0.0)
    assert longest * (1 - policy.jitter) <= backoff(policy, before, chance) <= longest <= policy.max_seconds
    assert backoff(policy, before + 1, 0.0) >= longest


@given(POLICIES)
def test_a_policy_is_read_as_it_was_written(policy: RestartPolicy) -> None:
    never = policy.mode is RestartMode.NEVER
    assert policy_from_json(policy_to_json(policy)) == (None if never else policy)


@given(st.floats(0, 1e6), st.floats(-1e7, 1e7), st.floats(0, 1e6))
def test_nobody_who_sets_the_clock_makes_a_restart_come_early_or_late(
    pause: float, stepped_by: float, passed: float
) -> None:
    scheduled = replace(
        repeat(RUNNING, new_run_id(STARTED_AT), RestartCause.POLICY, "why", STARTED_AT, "policy"),
        delay_seconds=pause,
        due_at=STARTED_AT + timedelta(seconds=pause),
        boot_id="boot",
        due_monotonic=1000.0 + pause,
    )
    now = STARTED_AT + timedelta(seconds=passed + stepped_by)
    assert seconds_until_due(scheduled, now, "boot", 1000.0 + passed) == pytest.approx(pause - passed, abs=1e-3)
    assert seconds_until_due(scheduled, now, "the next boot", passed) <= pause
    assert age_of(STARTED_AT, 1000.0, True, now, 1000.0 + passed) == pytest.approx(passed, abs=1e-3)
    assert age_of(STARTED_AT, 1000.0, False, now, passed) >= 0.0


def test_after_a_boot_the_wall_clock_tells() -> None:
    scheduled = replace(
        repeat(RUNNING, new_run_id(STARTED_AT), RestartCause.POLICY, "why", STARTED_AT, "policy"),
        delay_seconds=60.0,
        due_at=STARTED_AT + timedelta(seconds=60),
        boot_id="boot",
        due_monotonic=1060.0,
    )
    assert seconds_until_due(scheduled, STARTED_AT + timedelta(seconds=20), "next", 3.0) == 40.0
    assert seconds_until_due(scheduled, STARTED_AT - timedelta(hours=9), "next", 3.0) == 60.0
    assert seconds_until_due(replace(scheduled, due_at=None), STARTED_AT, "boot", 3.0) == 0.0
