"""The states of a run, its outcome, and its health.

A state says where a run is; the outcome says how a final one went; health says how sure and how well a run
is that is not final. The lists are closed: the database, the API and the pages repeat them.
"""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run is. `SENTENCES` has a paragraph for each."""

    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = frozenset({RunState.PENDING, RunState.STARTING, RunState.RUNNING, RunState.STOPPING})
"""States from which a run can still move. A project has at most one run in any of them."""

CLAIMED = ACTIVE - {RunState.PENDING}
"""Active states in which a supervisor has taken the run, so that a process may exist."""

FINAL = frozenset(RunState) - ACTIVE
"""States that nothing leaves. Only an unknown outcome may be amended, once."""

SENTENCES: dict[RunState, str] = {
    RunState.PENDING: (
        "The run is stored and waits for a free place; `waiting_for` says for what. Its host's supervisor moves it "
        "on. While that supervisor is away it waits; nobody else starts it, and it can be withdrawn."
    ),
    RunState.STARTING: (
        "The supervisor has claimed the run, written its directory and asked the keeper to start it. When no shim "
        "has begun after 2 s, `condition_detail` says why. It moves on when the program has been executed or could "
        "not be. If the supervisor dies, the next one asks again: the lock's link lets only one start happen."
    ),
    RunState.RUNNING: (
        "The program is executing. It moves on when the program ends or a stop is asked for. If its shim dies the "
        "keeper records the end; if the supervisor dies the next one reads the records."
    ),
    RunState.STOPPING: (
        "A stop was asked for and stored; the program gets the polite signal, a grace time, then is killed with its "
        "whole tree. It moves on when the tree is gone, whoever dies meanwhile."
    ),
    RunState.COMPLETED: "The program ended with exit code 0 and nobody stopped it. Final.",
    RunState.FAILED: (
        "The run did not succeed: `reason` says why. With outcome `unknown` the program has ended and nobody saw "
        "how. Final."
    ),
    RunState.CANCELLED: "The run was withdrawn before it started or was stopped on request. Final.",
}


class Outcome(StrEnum):
    """How a final run went. A cancelled run has none: it was not allowed to show."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """How an active run is. Declared in order of rank: when several hold, the first is shown."""

    UNREACHABLE = "unreachable"
    UNSUPERVISED = "unsupervised"
    FINISHING = "finishing"
    SILENT = "silent"
    OVERDUE = "overdue"
    OK = "ok"


HEALTH_SENTENCES: dict[Health, str] = {
    Health.UNREACHABLE: "Nobody can look at the run now; what is shown was true at `observed_at`.",
    Health.UNSUPERVISED: (
        "The program is alive, its shim is gone; its end will be recorded by the keeper or read from the kernel."
    ),
    Health.FINISHING: "The program has ended; its record or the clean-up of what it left behind is not finished.",
    Health.SILENT: "The program has not been heard for longer than its project allows.",
    Health.OVERDUE: "The run takes longer than PROJECT_EXECUTION_TIMEOUT_HOURS. It is shown, never failed for it.",
    Health.OK: "Watched and well.",
}


_WELL = (Health.OK,)


def rank(conditions: set[Health]) -> tuple[Health, ...]:
    """Order what holds by rank; `ok` alone when nothing holds."""
    return tuple(health for health in Health if health in conditions) if conditions else _WELL
