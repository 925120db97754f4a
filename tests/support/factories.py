"""What a supervisor would write, for tests without one: runs driven by the domain's own transitions.

Promises that every run here got where it is by legal moves of `storage.transition`.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from addon_portal.domain import endings, transitions
from addon_portal.domain.clock import SystemClock, to_text
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.endings import Ending
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import HostId, RunId
from addon_portal.domain.records import SentSignal, StopRecord
from addon_portal.domain.transitions import Transition
from addon_portal.domain.verdict import Tree
from addon_portal.storage import Storage, apply

ACTOR = "supervisor"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StandInSupervisor:
    """Moves runs as a supervisor does, when a test says so."""

    storage: Storage
    host_id: HostId
    data_dir: Path

    def sweep(self, at: datetime | None = None) -> None:
        """A complete sweep began now, or at another time; the place of the runs is there, as a supervisor sees to."""
        self._mark_run_root()
        with self.storage.write() as uow:
            uow.hosts.record_observed(self.host_id, at or _now(), "boot-1", 4711)
            uow.wake_api()

    def claim(self, run_id: str) -> None:
        """Take a pending run."""
        self._apply(transitions.claimed(RunId(run_id), _now(), ACTOR, "boot-1"))

    def start(self, run_id: str, at: datetime | None = None) -> None:
        """Bring a pending run to running."""
        self.claim(run_id)
        self._apply(transitions.started(RunId(run_id), at or _now(), ACTOR, supervised=True))

    def take_stop(self, run_id: str, grace_seconds: float = 10) -> None:
        """Write down a stop that was asked for."""
        deadline = _now() + timedelta(seconds=grace_seconds)
        self._apply(transitions.stopping(RunId(run_id), _now(), deadline, ACTOR, "key:someone"))

    def end(self, run_id: str, code: int = 0, *, tree: Tree = Tree.PROVEN_EMPTY) -> None:
        """The program of a claimed run has returned a code."""
        self._end(run_id, endings.from_exit(ProcessExit(code << 8), _now(), "shim", None), tree)

    def end_stopped(self, run_id: str) -> None:
        """The program of a run that is being stopped has died of our signal."""
        now = _now()
        stop = StopRecord(now, "key:alice", "person", 15, 10, now, (SentSignal(15, now, "stop"),))
        self._end(run_id, endings.from_exit(ProcessExit(15), now, "shim", stop, stop.signals), Tree.PROVEN_EMPTY)

    def lose(self, run_id: str) -> None:
        """The program of a claimed run has ended and nobody saw how."""
        self._end(run_id, endings.unknown(LONG_AGO, _now(), "its keeper was gone"), Tree.ASSUMED_EMPTY)

    def finish(self, run_id: str, code: int = 0) -> None:
        """Bring a pending run to its end."""
        self.start(run_id)
        self.end(run_id, code)

    def write(self, run_id: str, name: str, content: bytes | dict[str, object]) -> Path:
        """Put a file into the run directory: output as bytes, a record as fields."""
        self._mark_run_root()
        directory = DataDirectory(self.data_dir).run_directory(RunId(run_id))
        directory.mkdir(exist_ok=True)
        path = directory / name
        if isinstance(content, dict):
            content = json.dumps({"version": 1, "run": run_id, **content}).encode()
        path.write_bytes(content)
        return path

    def _mark_run_root(self) -> None:
        data = DataDirectory(self.data_dir)
        data.run_root.mkdir(parents=True, exist_ok=True)
        data.run_root_marker.touch()

    def _end(self, run_id: str, ending: Ending, tree: Tree) -> None:
        self._apply(transitions.ended(RunId(run_id), ending, tree, _now(), ACTOR))

    def _apply(self, transition: Transition) -> None:
        with self.storage.write() as uow:
            assert apply(uow, transition), f"lost: {transition}"


def _now() -> datetime:
    return SystemClock().now()


def ago(**age: float) -> datetime:
    """A time before now."""
    return _now() - timedelta(**age)


def text_ago(**age: float) -> str:
    """A time before now, as in answers."""
    return to_text(ago(**age))
