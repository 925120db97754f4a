"""The exit codes of `addon-portal`, the complete list.

A command that follows a program ends with the program's own code, or 128 plus the number of the signal that ended it,
as shells do. Everything else that can happen to a run or to the request has a code of its own from 64 upward, so that
not knowing never looks like success. `docs/reference/cli.md` is checked against this list.
"""

from collections.abc import Mapping
from enum import IntEnum


class ExitCode(IntEnum):
    """What a code of ours means; `EXPLANATIONS` has the sentence for each."""

    OK = 0
    TROUBLE_FOUND = 1
    USAGE = 2
    REFUSED = 65
    NOT_ALLOWED = 66
    PORTAL_UNAVAILABLE = 69
    OUTCOME_UNKNOWN = 70
    LAUNCH_INTERRUPTED = 71
    STOPPED = 72
    WITHDRAWN = 73
    COULD_NOT_START = 74
    NOT_FINISHED = 75
    TIME_LIMIT = 76
    CHECK_FAILED = 77
    INSTALLATION = 78
    DATABASE_BUSY = 79
    NOT_EXECUTABLE = 126
    COMMAND_NOT_FOUND = 127


EXPLANATIONS: Mapping[ExitCode, str] = {
    ExitCode.OK: "Done; of a followed run: its program ended with exit code 0.",
    ExitCode.TROUBLE_FOUND: (
        "`doctor` found a problem, `down --stop-runs` or `up --on-shutdown stop` left runs (it names them), `up` could "
        "not keep its processes going, `retention` could not remove something, `bulk restart --wait` was aborted or "
        "failed at a project, or what was asked for could not be written."
    ),
    ExitCode.USAGE: "The command line means nothing we can do.",
    ExitCode.REFUSED: "The portal refused the request, for instance because the project is already running.",
    ExitCode.NOT_ALLOWED: "The API key is missing, not valid, or does not allow this.",
    ExitCode.PORTAL_UNAVAILABLE: "No portal answers, or the connection was lost; runs are not affected.",
    ExitCode.OUTCOME_UNKNOWN: "The program ended and nobody saw how (`outcome_unknown`, `host_restarted`).",
    ExitCode.LAUNCH_INTERRUPTED: "The portal's side was lost (`launch_interrupted`, `executor_lost`).",
    ExitCode.STOPPED: "The run was stopped on request (`stopped_by_person`, `replaced`).",
    ExitCode.WITHDRAWN: "The run was withdrawn before it started (`withdrawn`).",
    ExitCode.COULD_NOT_START: "The program could not be started, other than by 126 and 127 (`could_not_start`).",
    ExitCode.NOT_FINISHED: (
        "The run goes on: Ctrl-C, or the time given to `wait` is over; or no supervisor has answered `cleanup` "
        "or `retention` yet."
    ),
    ExitCode.TIME_LIMIT: "The portal stopped the run at a limit (`timed_out`, `stalled`).",
    ExitCode.CHECK_FAILED: "Exit code 0, but the project's success check did not hold (`check_failed`).",
    ExitCode.INSTALLATION: "Settings, data directory or database cannot be used, or another portal is using them.",
    ExitCode.DATABASE_BUSY: "Another process kept the database busy; nothing was changed, try again.",
    ExitCode.NOT_EXECUTABLE: "The program's file cannot be executed (`could_not_start`).",
    ExitCode.COMMAND_NOT_FOUND: "The program's file was not found (`could_not_start`).",
}
