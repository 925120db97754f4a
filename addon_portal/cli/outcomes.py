"""What a final run means for the exit code of the command that followed it, and for the person who reads.

A table over the closed list of reasons; nothing is guessed from messages.
"""

import errno
from collections.abc import Mapping
from typing import Any

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.suggestions import how_to_start
from addon_portal.cli.visible import visible
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import FINAL, Health, Outcome, RunState

_OF_REASON: Mapping[Reason, ExitCode] = {
    Reason.SUCCEEDED: ExitCode.OK,
    Reason.TIMED_OUT: ExitCode.TIME_LIMIT,
    Reason.STALLED: ExitCode.TIME_LIMIT,
    Reason.COULD_NOT_START: ExitCode.COULD_NOT_START,
    Reason.CHECK_FAILED: ExitCode.CHECK_FAILED,
    Reason.LAUNCH_INTERRUPTED: ExitCode.LAUNCH_INTERRUPTED,
    Reason.EXECUTOR_LOST: ExitCode.LAUNCH_INTERRUPTED,
    Reason.OUTCOME_UNKNOWN: ExitCode.OUTCOME_UNKNOWN,
    Reason.HOST_RESTARTED: ExitCode.OUTCOME_UNKNOWN,
    Reason.STOPPED_BY_PERSON: ExitCode.STOPPED,
    Reason.REPLACED: ExitCode.STOPPED,
    Reason.WITHDRAWN: ExitCode.WITHDRAWN,
}
"""Every reason but those that end with the program's own code."""

_SIGNALLED = 128


def _nobody_looks() -> str:
    return f"no supervisor has looked since. Start it with: {how_to_start('supervisor')}"


def is_final(run: Mapping[str, Any]) -> bool:
    """Whether the run can not move any more."""
    return RunState(run["state"]) in FINAL


def exit_code_of(run: Mapping[str, Any], start_error: Mapping[str, Any] | None = None) -> int:
    """The exit code for a run as the API shows it; `start_error` has step and errno of a start that failed.

    The program's own code, 128 plus its signal, or one of `ExitCode`. A reason of a newer portal is an unknown outcome.
    """
    if not is_final(run):
        return ExitCode.NOT_FINISHED
    try:
        reason = Reason(run["reason"])
    except ValueError:
        return ExitCode.OUTCOME_UNKNOWN
    match reason:
        case Reason.EXIT_CODE:
            return int(run["exit_code"])
        case Reason.SIGNAL | Reason.OUT_OF_MEMORY:
            return _SIGNALLED + int(run["signal"])
        case Reason.COULD_NOT_START if start_error and start_error.get("step") == "exec":
            missing = start_error.get("errno") == errno.ENOENT
            return ExitCode.COMMAND_NOT_FOUND if missing else ExitCode.NOT_EXECUTABLE
        case _:
            return _OF_REASON[reason]


def sentence_of(run: Mapping[str, Any]) -> str:
    """How a run stands, in a sentence or two."""
    if not is_final(run):
        if run.get("health") == Health.UNREACHABLE:
            seen = f"as of {run['observed_at']}" if run.get("observed_at") else "when it was last heard of"
            return (
                f"The run was {run['state']} {seen}; nobody can look: {run.get('condition_detail') or _nobody_looks()}"
            )
        waiting = f", waiting for {run['waiting_for']}" if run.get("waiting_for") else ""
        detail = f"; {run['condition_detail']}" if run.get("condition_detail") else ""
        return f"The run is {run['state']}{waiting}{detail}."
    note = " Its outcome is not known." if run.get("outcome") == Outcome.UNKNOWN else ""
    return f"{visible(run.get('message') or 'The run is ' + run['state'] + '.')}{note}"
