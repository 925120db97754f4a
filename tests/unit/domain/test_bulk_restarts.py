"""Which projects a bulk restart leaves out, and that it says so as a single restart would."""

from dataclasses import replace

import pytest

from addon_portal.domain.bulk_restarts import BulkChoices, Candidate, find_refusal
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restarts import DEFAULT_RESTARTABLE
from addon_portal.domain.states import ACTIVE, FINAL, Outcome, RunState

FAILED = Candidate(
    run_id=RunId("run_" + "1" * 26),
    project_id=ProjectId("prj_" + "1" * 26),
    project_name="nightly",
    state=RunState.FAILED,
    outcome=Outcome.FAILURE,
    reason=Reason.EXIT_CODE,
    tree="proven",
    has_own_command=True,
    has_own_directory=False,
)
PLAINLY = BulkChoices(DEFAULT_RESTARTABLE)
CONFIRMED = replace(PLAINLY, confirmed=True)


def code_of(candidate: Candidate, choices: BulkChoices = PLAINLY, *, may_run_own_commands: bool = True) -> str | None:
    refusal = find_refusal(candidate, choices, may_run_own_commands=may_run_own_commands)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize("state", sorted(RunState))
def test_what_is_active_is_left_out_and_what_is_final_is_not(state: RunState) -> None:
    assert code_of(replace(FAILED, state=state)) == (None if state in FINAL else "not_restartable")
    assert (state in ACTIVE) != (state in FINAL)


def test_an_installation_may_allow_less() -> None:
    only_failed = replace(CONFIRMED, restartable=frozenset({RunState.FAILED}))
    assert code_of(FAILED, only_failed) is None
    assert code_of(replace(FAILED, state=RunState.COMPLETED), only_failed) == "not_restartable"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"tree": "assumed"}, "confirmation_required"), ({"outcome": Outcome.UNKNOWN}, "outcome_unknown")],
)
def test_what_has_to_be_looked_at_is_left_out_unless_that_is_confirmed(change: dict[str, object], code: str) -> None:
    candidate = replace(FAILED, **change)  # type: ignore[arg-type]
    assert code_of(candidate) == code
    assert code_of(candidate, CONFIRMED) is None


def test_a_run_that_nobody_has_looked_at_is_left_out_where_runs_were_named() -> None:
    another = RunId("run_" + "2" * 26)
    assert code_of(FAILED, replace(CONFIRMED, seen=frozenset({another}))) == "not_seen"
    assert code_of(FAILED, replace(PLAINLY, seen=frozenset({another, FAILED.run_id}))) is None


def test_an_own_command_needs_the_right_to_one() -> None:
    assert code_of(FAILED, may_run_own_commands=False) == "own_command_forbidden"
    assert code_of(replace(FAILED, has_own_command=False), may_run_own_commands=False) is None


def test_a_directory_of_the_projects_own_is_never_replaced() -> None:
    own = replace(FAILED, has_own_directory=True)
    assert code_of(own) is None
    assert code_of(own, replace(PLAINLY, clean_workspace=True)) == "nothing_to_clean"
    assert code_of(FAILED, replace(PLAINLY, clean_workspace=True)) is None
