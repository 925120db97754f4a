"""What the supervisor asks of any way to run programs.

A contract of small requests and one reading of facts. Requests never block and never wait for their effect: what
came of them is read by `observe`. Every implementation passes `tests/contract/executors/`. Leaves every conclusion to
`domain.verdict` and every decision to `supervisor.plan`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from selectors import BaseSelector
from typing import Protocol

from addon_portal.domain.ids import RunId
from addon_portal.domain.limits import NO_LIMITS, Limits
from addon_portal.domain.models import StopSettings
from addon_portal.domain.records import StopRecord
from addon_portal.domain.verdict import RunEvidence


@dataclass(frozen=True, slots=True)
class LaunchOrder:
    """All that is needed to start one run. `spec` becomes `spec.json`; the environment never touches the disk."""

    run_id: RunId
    spec: Mapping[str, object]
    environment: Mapping[str, str] = field(repr=False)
    workspace: str | None
    """A directory of ours that is made if it is missing; None where the project names its own."""
    limits: Limits = NO_LIMITS


class Prepared(Enum):
    """What `prepare` found."""

    READY = "ready"
    ALREADY_LAUNCHED = "already_launched"
    """Somebody won the lock's link before (a database restored from a backup): look, never start."""


class CannotPrepare(Exception):
    """The run directory or workspace cannot be made; nothing was asked to start."""

    def __init__(self, step: str, error: OSError) -> None:
        super().__init__(f"{step}: {error}")
        self.step = step
        self.errno = error.errno or 0
        self.message = f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")


OnChange = Callable[[RunId, float], None]
"""Told which run to look at, and within how many seconds: 0.0 is now; more where the next news may say it all."""


@dataclass(frozen=True, slots=True)
class KnownRun:
    """What the books say of a run that the evidence alone does not."""

    run_id: RunId
    boot_id: str | None
    last_seen_alive_at: datetime | None


class Executor(Protocol):
    """A way to run programs on behalf of one supervisor."""

    boot_id: str
    """The boot of the machine that runs them, stored when a run is claimed."""

    def attach(self, selector: BaseSelector, on_change: OnChange) -> None:
        """Register all descriptors, with callables as their keys' data."""
        ...

    def root_present(self) -> bool:
        """Whether run directories can be made and read at all."""
        ...

    def was_launched(self, run_id: RunId) -> bool:
        """Whether somebody has ever won the lock's link, so that the run must not be started."""
        ...

    def prepare(self, order: LaunchOrder) -> Prepared:
        """Make the run directory with its spec, and the workspace. May be repeated. Raises CannotPrepare."""
        ...

    def ask_start(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        """Ask for the start of a prepared run. May be repeated at will: at most one start happens, ever."""
        ...

    def forbid_start(self, run_id: RunId) -> None:
        """Make certain that a run that has not been started never will be; loses silently to a start."""
        ...

    def observe(self, known: KnownRun) -> RunEvidence:
        """Read all facts of a run, records once before and once after the others. Raises OSError or DamagedRecord.

        It was looked at when the last fact had been read: whatever is seen happened before.
        """
        ...

    def ask_adoption(self, run_id: RunId) -> None:
        """Ask whoever would have adopted the program; the answer appears in the evidence."""
        ...

    def stop_settings(self, run_id: RunId) -> StopSettings:
        """How the run's pinned definition wants its program to be asked to end; the defaults where that is lost."""
        ...

    def write_stop(self, run_id: RunId, stop: StopRecord) -> StopRecord:
        """Put the request to stop on disk and return what stands there.

        An earlier request stays; a later one only brings its deadline forward.
        """
        ...

    def wake_shim(self, run_id: RunId) -> None:
        """Have the shim look at the request to stop; a frozen shim is thawed for it."""
        ...

    def signal_program(self, run_id: RunId, number: int, why: str) -> None:
        """Signal the program itself, beside or instead of its shim; what was sent is added to the stop record first."""
        ...

    def take_output(self, run_id: RunId) -> None:
        """Read the program's output from now on, since its shim no longer does."""
        ...

    def clean_up(self, run_id: RunId) -> None:
        """End what the program left behind. May be repeated until the evidence says that the tree is empty."""
        ...

    def ask_check(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        """Have the success check of a run that has ended evaluated. May be repeated: one at a time does it."""
        ...

    def save_output(self, run_id: RunId) -> None:
        """Keep what the program wrote last and its dead shim had not read; to be done before its end is told.

        Raises OSError where that cannot be stored now; then it stays where it is.
        """
        ...

    def forget(self, run_id: RunId) -> None:
        """Let go of the descriptors of a run that is recorded as final, and of what the kernel tells through them."""
        ...

    def tick(self) -> None:
        """Called about once a second: reconnect, give up waiting for answers."""
        ...

    def remove_leftovers(self, active: Collection[RunId]) -> None:
        """Remove what was made on the host for runs that are none of these and no longer needs it; never processes."""
        ...

    def list_runs(self) -> Sequence[RunId]:
        """All runs whose evidence lies here, oldest first. Raises OSError."""
        ...

    def read_spec(self, run_id: RunId) -> Mapping[str, object]:
        """What `prepare` wrote, or nothing if it came to nothing. Raises OSError or DamagedRecord."""
        ...

    def close(self) -> None:
        """Let go of everything; runs go on."""
        ...
