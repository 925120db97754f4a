"""What the evidence of a run proves: the table of `docs/design/verdict.md` as one pure function.

`judge` is asked at start-up, on every event and at every sweep; it is monotone and has no memory. Its rows are tried
from top to bottom and each returns a value that names what is known. It never concludes an end from silence,
and leaves what to do about a verdict to `supervisor.plan`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from addon_portal.domain import endings
from addon_portal.domain.endings import Ending
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.records import NotifyRecord, RunRecords
from addon_portal.domain.states import Outcome


class Lock(Enum):
    """The run's lock: its link does not exist, somebody holds it, or it exists and nobody does."""

    MISSING = "missing"
    HELD = "held"
    FREE = "free"


class Liveness(Enum):
    """Whether the process of `child.json` lives; UNKNOWN where nobody could look (another namespace, no record)."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    ZOMBIE = "zombie"
    DEAD = "dead"


class Place(Enum):
    """Whether the run was started on this boot and in this PID namespace, or elsewhere on this machine's past."""

    HERE = "here"
    OTHER_BOOT = "other_boot"
    OTHER_NAMESPACE = "other_namespace"
    OTHER_NAMESPACE_ALIVE = "other_namespace_alive"
    """As above, and a keeper's or shim's lock there is still held."""


class Keeper(Enum):
    """What the keeper that would have adopted the program says of it."""

    NOT_ASKED = "not_asked"
    SILENT = "silent"
    MINE = "mine"
    NOT_MINE = "not_mine"
    """It adopted nothing of the run, or its lock is free and it cannot have."""


class Tree(Enum):
    """Whether anything that the program started may be left."""

    UNCHECKED = "unchecked"
    ASSUMED_EMPTY = "assumed"
    PROVEN_EMPTY = "proven"


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """All that could be read of one run, in the order that makes it usable.

    `records` were read after the lock was tested and once more after every other fact; records only ever appear, so
    the second reading completes the first.
    """

    looked_at: datetime
    root_present: bool = True
    directory_present: bool = True
    lock: Lock = Lock.MISSING
    records: RunRecords = field(default_factory=RunRecords)
    place: Place = Place.HERE
    program: Liveness = Liveness.UNKNOWN
    death_is_heard: bool = True
    """Whether the end of a living program is an event, so that nobody has to look for it."""
    gate_held: bool = False
    """Whether the process of `child.json` is the stub still, so that no user code has begun."""
    keeper: Keeper = Keeper.NOT_ASKED
    kernel_exit: ProcessExit | None = None
    oom_kills: int = 0
    """What the kernel has counted in the run's group; read only where no record will tell it."""
    tree: Tree = Tree.UNCHECKED
    check_runs: bool = False
    """Whether somebody is evaluating the run's success check."""
    last_seen_alive_at: datetime | None = None
    runs_for_seconds: float | None = None
    """How long a program that is alive has been running, on the clock that nobody steps."""
    said: NotifyRecord | None = None
    """What the program says of itself."""
    start_trouble: str | None = None
    """Why a start that was asked for has not happened, where that is late; in words, and no proof of anything."""


@dataclass(frozen=True, slots=True)
class NotLinked:
    """Nobody has won the lock's link: the start may be asked for (again), or be forbidden by winning it."""


@dataclass(frozen=True, slots=True)
class Starting:
    """Somebody is starting it; user code has not begun."""


@dataclass(frozen=True, slots=True)
class Alive:
    """The program runs. `supervised` says whether its shim still lives."""

    started_at: datetime
    supervised: bool


@dataclass(frozen=True, slots=True)
class Finishing:
    """The program has ended; somebody still has to record it or to end what it left. Not final."""

    started_at: datetime | None
    exit: ProcessExit | None


@dataclass(frozen=True, slots=True)
class AskKeeper:
    """The program is dead without a record: whether the keeper adopted it has to be asked first."""


@dataclass(frozen=True, slots=True)
class CleanUp:
    """The ending is known, but nobody has ended what the program left behind."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Unchecked:
    """The program has ended with 0, and whether its project's success check holds is not known. Not final."""

    started_at: datetime | None
    exit: ProcessExit


@dataclass(frozen=True, slots=True)
class Ended:
    """Final, by this evidence."""

    ending: Ending
    tree: Tree
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody can look; `why` says what is in the way."""

    why: str


Verdict = NotLinked | Starting | Alive | Finishing | AskKeeper | CleanUp | Unchecked | Ended | Unreachable


def judge(seen: RunEvidence) -> Verdict:
    """Conclude what is proven, and nothing more."""
    records = seen.records
    if not seen.root_present:
        return Unreachable("the run root's marker file is missing: is its file system mounted?")
    if not seen.directory_present and seen.program is Liveness.ALIVE:
        return Unreachable("the run directory is missing, while something that the run started is alive")
    if not seen.directory_present:
        return _ended(seen, _unknown(seen, "the run directory is missing, so its evidence is lost"), Tree.ASSUMED_EMPTY)
    if records.exit and records.done:
        return _ended(seen, endings.from_exit_record(records.exit, records.stop), _tree_of_done(seen))
    if records.start_error and seen.lock is not Lock.HELD:
        return _ended(seen, endings.from_start_error(records.start_error, records.stop), Tree.PROVEN_EMPTY)
    if seen.place is Place.OTHER_NAMESPACE_ALIVE:
        return Unreachable("it runs in another PID namespace of this host, which can not be looked into from here")
    match seen.lock:
        case Lock.HELD:
            return _judge_held(seen)
        case Lock.MISSING if records.child is None and seen.place is Place.HERE:
            return NotLinked()
        case _ if seen.place is not Place.HERE:
            return _judge_elsewhere(seen)
        case _:
            return _judge_free(seen)


def _judge_held(seen: RunEvidence) -> Verdict:
    """The shim (or, for an instant, the keeper that is about to fork it) lives and is the authority."""
    child = seen.records.child
    if seen.records.exit:
        return Finishing(child.started_at if child else None, seen.records.exit.exit)
    if child is None or seen.gate_held or seen.records.start_error:
        return Starting()
    if seen.program in (Liveness.ZOMBIE, Liveness.DEAD):
        return Finishing(child.started_at, seen.kernel_exit)
    return Alive(child.started_at, supervised=True)


def _judge_elsewhere(seen: RunEvidence) -> Verdict:
    """Started on another boot, or in a container that is gone."""
    if seen.records.exit:
        return _ended(seen, endings.from_exit_record(seen.records.exit, seen.records.stop), Tree.PROVEN_EMPTY)
    why = "the boot id differs" if seen.place is Place.OTHER_BOOT else "the PID namespace it ran in is gone"
    return _ended(seen, _unknown(seen, why, host_restarted=True), Tree.PROVEN_EMPTY)


def _judge_free(seen: RunEvidence) -> Verdict:
    """The link was won, and whoever won it lives no more."""
    child = seen.records.child
    if seen.records.exit:
        return _clean_up_first(seen, endings.from_exit_record(seen.records.exit, seen.records.stop))
    if child is None:
        proof = "the lock was taken and let go before the program's identity was written"
        return _ended(seen, endings.never_began(proof, None, seen.records.stop), Tree.PROVEN_EMPTY)
    if seen.gate_held:
        return Starting()
    if seen.program is Liveness.ALIVE:
        return Alive(child.started_at, supervised=False)
    match seen.keeper:
        case Keeper.NOT_ASKED:
            return AskKeeper()
        case Keeper.SILENT:
            return Unreachable("the program has ended and the keeper that holds its exit status does not answer")
        case Keeper.MINE:
            return Finishing(child.started_at, seen.kernel_exit)
        case Keeper.NOT_MINE:
            return _clean_up_first(seen, _from_kernel(seen))


def _from_kernel(seen: RunEvidence) -> Ending:
    """The last witness: what the kernel still tells of a process that somebody else reaped."""
    if seen.kernel_exit is None:
        return _unknown(seen, "its shim and its keeper were gone when it ended")
    stop = seen.records.stop
    return endings.from_exit(seen.kernel_exit, None, "kernel", stop, stop.signals if stop else (), seen.oom_kills)


def _clean_up_first(seen: RunEvidence, ending: Ending) -> Verdict:
    tree = _tree_of_done(seen)
    if tree is Tree.UNCHECKED and not seen.check_runs:  # which was asked for only after the leftovers had been ended
        return CleanUp(ending)
    return _ended(seen, ending, tree)


def _tree_of_done(seen: RunEvidence) -> Tree:
    done = seen.records.done
    if done is None:
        return seen.tree
    return Tree.ASSUMED_EMPTY if done.proof == "assumed" else Tree.PROVEN_EMPTY


def _unknown(seen: RunEvidence, why: str, *, host_restarted: bool = False) -> Ending:
    return endings.unknown(seen.last_seen_alive_at, seen.looked_at, why, host_restarted=host_restarted)


def _ended(seen: RunEvidence, ending: Ending, tree: Tree) -> Verdict:
    child, check = seen.records.child, seen.records.check
    began = child is not None and seen.records.start_error is None
    started_at = child.started_at if child and began else None
    if child is not None and child.terms.success_check is not None and ending.outcome is Outcome.SUCCESS:
        if check is None:
            assert ending.exit, "a success has a wait status"
            return Unchecked(started_at, ending.exit)
        ending = endings.checked(ending, check)
    return Ended(ending, tree, started_at)
