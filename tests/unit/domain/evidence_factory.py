"""Evidence for tests: a run that is going well, to be spoilt by one fact at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.records import (
    CheckRecord,
    ChildRecord,
    DoneRecord,
    ExitRecord,
    ProcessIdentity,
    RunRecords,
    SentSignal,
    StartErrorRecord,
    StopRecord,
)
from addon_portal.domain.verdict import Liveness, Lock, RunEvidence

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STARTED_AT = NOW - timedelta(minutes=10)
ENDED_AT = NOW - timedelta(seconds=1)


def identity(pid: int = 4711) -> ProcessIdentity:
    return ProcessIdentity("boot", 1, 1, pid, 1000 + pid, None)


CHILD = ChildRecord(identity(), STARTED_AT, identity(4710), "keeper")
DONE = DoneRecord(ENDED_AT, "no_children", 0, 10, "shim")
ASSUMED = replace(DONE, proof="assumed")
STOP = StopRecord(NOW - timedelta(seconds=5), "key:ada", "person", 15, 10.0, NOW + timedelta(seconds=5))
SENT = SentSignal(15, NOW - timedelta(seconds=4), "stop")


def exit_record(wait_status: int, *signals: SentSignal) -> ExitRecord:
    return ExitRecord(4711, ProcessExit(wait_status), ENDED_AT, "shim", tuple(signals))


def start_error(step: str = "exec", errno: int = 2) -> StartErrorRecord:
    return StartErrorRecord(step, errno, "No such file or directory", ENDED_AT, "no-such-program")


def evidence(
    lock: Lock = Lock.HELD,
    *,
    program: Liveness = Liveness.ALIVE,
    child: ChildRecord | None = CHILD,
    exit: ExitRecord | None = None,
    done: DoneRecord | None = None,
    error: StartErrorRecord | None = None,
    stop: StopRecord | None = None,
    check: CheckRecord | None = None,
) -> RunEvidence:
    records = RunRecords(child, error, exit, done, stop, check)
    return RunEvidence(NOW, lock=lock, records=records, program=program, last_seen_alive_at=NOW - timedelta(seconds=2))
