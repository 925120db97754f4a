"""What the files of a run directory say, as values.

Each class is one file of version 1 (`docs/design/run-directory.md`). Promises nothing about their truth: the
order in which they must be read and believed is in `verdict`. Reading them is left to `evidence` and `executors`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.limits import NO_EVENTS, NO_LIMITS, LimitEvents, Limits
from addon_portal.domain.terms import NO_TERMS, Terms


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """What tells one process from every other, also after its number was given away again.

    Ticks are those of field 22 of proc_pid_stat(5), counted from boot, so a stepped wall clock changes nothing.
    """

    boot_id: str
    pid_namespace: int | None
    init_start_ticks: int | None
    pid: int
    start_ticks: int
    pidfs_inode: int | None


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """`child.json`: who the program is, on disk before the gate opens."""

    program: ProcessIdentity
    started_at: datetime
    shim: ProcessIdentity
    keeper: str | None
    started_monotonic: float | None = None
    """`started_at` on the clock that nobody steps; counted from boot, and only in that boot."""
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class SentSignal:
    """A signal of ours, sent while the program had not ended."""

    signal: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ExitRecord:
    """`exit.json`: how the program ended, written between looking at the zombie and reaping it."""

    pid: int
    exit: ProcessExit
    ended_at: datetime
    by: str
    signals: tuple[SentSignal, ...] = ()
    cpu_user_seconds: float | None = None
    cpu_system_seconds: float | None = None
    limits: Limits = NO_LIMITS
    limit_events: LimitEvents = NO_EVENTS


@dataclass(frozen=True, slots=True)
class StartErrorRecord:
    """`start_error.json`: why no code of the program ran."""

    step: str
    errno: int
    message: str
    at: datetime
    file: str | None = None

    @property
    def is_gate_closed(self) -> bool:
        """The gate was closed unopened: the launch itself was interrupted, the program is not to blame."""
        return self.step == "gate_closed"


@dataclass(frozen=True, slots=True)
class DoneRecord:
    """`done.json`: the whole tree is gone, and how that is known (`no_children`, `cgroup`, `assumed`)."""

    at: datetime
    proof: str
    killed: int
    output_bytes: int
    by: str
    max_rss_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class StopRecord:
    """`stop.json`: who asked for the end, when the program will be killed, and what the supervisor itself sent."""

    requested_at: datetime
    requested_by: str
    why: str
    signal: int
    grace_seconds: float
    deadline_at: datetime
    signals: tuple[SentSignal, ...] = ()
    limit_seconds: float | None = None
    """The limit that was exceeded, where that is why."""

    def ending_at(self, deadline_at: datetime, now: datetime) -> Self:
        """The request with another deadline, and the grace that this leaves from now on."""
        grace_seconds = max(0.0, (deadline_at - now).total_seconds())
        return replace(self, deadline_at=deadline_at, grace_seconds=grace_seconds)

    def ending_by(self, later: Self) -> Self:
        """The request with the deadline of a later one, if that comes earlier: it is never put off."""
        if later.deadline_at >= self.deadline_at:
            return self
        return replace(self, deadline_at=later.deadline_at, grace_seconds=min(self.grace_seconds, later.grace_seconds))


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """`check.json`: whether the success check held; `problem` is what did not, in words."""

    at: datetime
    problem: str | None
    output_tail: str = ""


@dataclass(frozen=True, slots=True)
class NotifyRecord:
    """`notify.json`: what the program last said of itself, and when; written now and then, and no proof of anything."""

    heard_at: datetime | None = None
    progress: float | None = None
    status: str | None = None
    silent_seconds: float | None = None
    """For how long a shim that listened has heard nothing; None where that is not too long yet, or not asked."""
    warned_seconds: float = 0.0
    """How much of that came after it had said so."""
    silent_since: datetime | None = None
    """When it had heard something last, as its wall clock said."""


@dataclass(frozen=True, slots=True)
class RunRecords:
    """All records of one run directory as found in one reading; None where a file is not there."""

    child: ChildRecord | None = None
    start_error: StartErrorRecord | None = None
    exit: ExitRecord | None = None
    done: DoneRecord | None = None
    stop: StopRecord | None = None
    check: CheckRecord | None = None
