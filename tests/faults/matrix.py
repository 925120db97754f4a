"""Which deaths and freezes there are, at which stages of a run, and what has to be true afterwards.

Pure: rules instead of a list. A victim that does not exist at a stage makes no case. `ending_of` is the verdict table
(`docs/design/verdict.md`) read for one program, which ends with code 7 when it is told to.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from typing_extensions import override

PROCESSES = ("up", "api", "supervisor", "keeper", "shim", "program")


class Action(StrEnum):
    """What is done to the victims."""

    KILL = "kill"
    FREEZE = "freeze"


class Stage(Enum):
    """A moment of a run's life: the fault point that holds it there (None where it stays by itself)."""

    QUEUED = None, "another run takes the only place"
    PREPARED = "supervisor.prepared", "its directory is made, its row still says pending"
    CLAIMED = "supervisor.claimed", "its row says starting, nobody was asked"
    ASKED = "keeper.asked", "the keeper has read the request"
    LOCKED = "keeper.linked", "the keeper has won the link, and not forked"
    FORKED = "shim.forked", "the shim has forked, the identity is not published"
    GATED = "shim.before_gate", "the identity is on disk, the gate is closed"
    RUNNING = "", "the program waits to be told to end"
    ENDED = "shim.peeked", "the program is a zombie, and nothing is written"
    RECORDED = "shim.recorded", "its exit is on disk, and it is not reaped"
    CLEANING = "shim.reaped", "it is reaped, its daemon lives"
    EMPTIED = "shim.before_done", "nothing of it lives, and that is not written"

    @property
    def point(self) -> str:
        """The fault point; empty for a stage that needs none."""
        return self.value[0] or ""

    @property
    def has_shim(self) -> bool:
        """Whether the shim exists."""
        return self in _WITH_SHIM

    @property
    def has_program(self) -> bool:
        """Whether the program's process exists and is no zombie."""
        return self in _WITH_PROGRAM

    @property
    def holds_supervisor(self) -> bool:
        """Whether it is the supervisor that waits at the fault point."""
        return self.point.startswith("supervisor.")

    @property
    def is_before_the_gate(self) -> bool:
        """Whether no code of the program can have run."""
        return self not in _AFTER_THE_GATE


_WITH_PROGRAM = (Stage.FORKED, Stage.GATED, Stage.RUNNING)
_AFTER_THE_GATE = (Stage.RUNNING, Stage.ENDED, Stage.RECORDED, Stage.CLEANING, Stage.EMPTIED)
_WITH_SHIM = (Stage.FORKED, Stage.GATED, *_AFTER_THE_GATE)

POINTS = tuple(stage.point for stage in Stage if stage.point)


@dataclass(frozen=True)
class Case:
    """One experiment."""

    action: Action
    victims: tuple[str, ...]
    stage: Stage

    @override
    def __str__(self) -> str:
        """As it stands in messages."""
        return f"{self.action} {'+'.join(self.victims)} while {self.stage.name.lower()}"

    @property
    def killed(self) -> frozenset[str]:
        """Who dies."""
        return frozenset(self.victims if self.action is Action.KILL else ())

    @property
    def frozen(self) -> frozenset[str]:
        """Who stands still for a while."""
        return frozenset(self.victims if self.action is Action.FREEZE else ())


def victim_sets() -> list[tuple[str, ...]]:
    """Each process alone and each pair."""
    return [(name,) for name in PROCESSES] + list(itertools.combinations(PROCESSES, 2))


def depends_on_identity(victims: tuple[str, ...]) -> bool:
    """Whether the way in which a supervisor knows processes can matter to these victims beyond what each does alone.

    The api knows no process, and `up` only takes its supervisor along: in a pair they change nothing of how their
    partner is known.
    """
    return len(victims) <= 1 or not {"up", "api"} & set(victims)


def cases(action: Action, victims: tuple[str, ...]) -> Iterator[Case]:
    """The cases of these victims: one per stage at which all of them exist."""
    for stage in Stage:
        exists = {"shim": stage.has_shim, "program": stage.has_program}
        if all(exists.get(victim, True) for victim in victims):
            yield Case(action, victims, stage)


@dataclass(frozen=True)
class Expected:
    """What has to be true in the end: the words, and how often code of the program ran."""

    reason: str
    outcome: str
    exit_code: int | None
    signal: int | None
    executions: int


OWN_CODE = Expected("exit_code", "failure", 7, None, 1)
KILLED = Expected("signal", "failure", None, 9, 1)
NEVER_BEGAN = Expected("launch_interrupted", "failure", None, None, 0)
UNKNOWN = Expected("outcome_unknown", "unknown", None, None, 1)


def ending_of(case: Case, *, kernel_tells: bool) -> Expected:
    """How the run has to end. `kernel_tells`: whether a dead process can be asked how it ended (PIDFD_GET_INFO)."""
    killed = case.killed
    match case.stage:
        case Stage.LOCKED if "keeper" in killed:
            return NEVER_BEGAN
        case Stage.FORKED | Stage.GATED if killed & {"shim", "program"}:
            return NEVER_BEGAN
        case Stage.RUNNING if "program" in killed:
            return KILLED
        case Stage.RUNNING | Stage.ENDED if {"shim", "keeper"} <= killed and not kernel_tells:
            return UNKNOWN
        case _:
            return OWN_CODE


def words_while_held(case: Case, ending: Expected) -> frozenset[str] | None:
    """What may be said while the run is held at its stage; None where nothing holds it any more."""
    if case.stage is Stage.CLAIMED and "supervisor" in case.killed:
        return None  # the next supervisor finds the row and asks at once
    if case.stage in {Stage.QUEUED, Stage.PREPARED}:
        return frozenset({"pending"})
    if case.stage.is_before_the_gate:
        return frozenset({"starting"} | ({ending.reason} if ending is NEVER_BEGAN else set()))
    nobody_holds_it = "shim" in case.killed and case.stage is not Stage.RUNNING
    told = ending.reason if nobody_holds_it or "program" in case.killed else "running"
    return frozenset({"running", told})
