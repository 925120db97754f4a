"""What a run means for an exit code: every reason, and what an older or newer portal may say."""

import errno

import pytest

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.outcomes import exit_code_of, sentence_of
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.states import RunState

OWN_CODE = {Reason.EXIT_CODE: 3, Reason.SIGNAL: 128 + 11, Reason.OUT_OF_MEMORY: 128 + 9}


def run_of(reason: Reason) -> dict[str, object]:
    """A final run as the API shows it."""
    info = REASONS[reason]
    return {
        "state": info.state.value,
        "reason": reason.value,
        "outcome": info.outcome and info.outcome.value,
        "exit_code": 3 if reason is Reason.EXIT_CODE else None,
        "signal": {Reason.SIGNAL: 11, Reason.OUT_OF_MEMORY: 9}.get(reason),
        "message": "It ended.",
    }


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_code_and_only_success_is_zero(reason: Reason) -> None:
    code = exit_code_of(run_of(reason))
    assert code == OWN_CODE.get(reason, code)
    assert (code == 0) == (reason is Reason.SUCCEEDED)
    if reason not in OWN_CODE:
        assert code in list(ExitCode)


@pytest.mark.parametrize("state", [RunState.PENDING, RunState.STARTING, RunState.RUNNING, RunState.STOPPING])
def test_an_active_run_is_not_finished_even_if_its_code_is_known(state: RunState) -> None:
    assert exit_code_of({"state": state.value, "reason": None, "exit_code": 0}) == ExitCode.NOT_FINISHED


def test_a_reason_of_a_newer_portal_is_an_unknown_outcome() -> None:
    assert exit_code_of({"state": "failed", "reason": "eaten", "exit_code": 0}) == ExitCode.OUTCOME_UNKNOWN


@pytest.mark.parametrize(
    ("start_error", "code"),
    [
        ({"step": "exec", "errno": errno.ENOENT}, ExitCode.COMMAND_NOT_FOUND),
        ({"step": "exec", "errno": errno.EACCES}, ExitCode.NOT_EXECUTABLE),
        ({"step": "working_directory", "errno": errno.ENOENT}, ExitCode.COULD_NOT_START),
        (None, ExitCode.COULD_NOT_START),
    ],
    ids=["not found", "not executable", "directory", "not told"],
)
def test_a_failed_start_is_told_as_shells_tell_it(start_error: dict[str, object] | None, code: ExitCode) -> None:
    assert exit_code_of(run_of(Reason.COULD_NOT_START), start_error) == code


def test_an_unknown_outcome_is_said_to_be_unknown() -> None:
    assert sentence_of(run_of(Reason.OUTCOME_UNKNOWN)) == "It ended. Its outcome is not known."
    waiting = {"state": "pending", "waiting_for": "a free place"}
    assert sentence_of(waiting) == "The run is pending, waiting for a free place."


def test_a_run_out_of_reach_is_said_to_have_been_as_it_is_shown() -> None:
    run = {"state": "running", "health": "unreachable", "observed_at": "2026-01-01T00:00:00Z", "condition_detail": None}
    assert sentence_of(run).startswith("The run was running as of 2026-01-01T00:00:00Z; nobody can look: ")
    away = sentence_of(run | {"condition_detail": "the run root is not mounted"})
    assert away.endswith("; nobody can look: the run root is not mounted")


def test_what_keeps_a_start_from_happening_is_said() -> None:
    run = {"state": "starting", "health": "ok", "condition_detail": "no keeper is there to start it"}
    assert sentence_of(run) == "The run is starting; no keeper is there to start it."
