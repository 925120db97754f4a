"""What differs between two runs: what was to be run, what it was given, how it went and how long it took.

Pure. Every field of a definition is compared, whatever it is called, so that one that is added is not forgotten. Of the
environment only names are told, and whether the values are the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum

from addon_portal.domain.exits import signal_name
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import StopSettings

HIDDEN = "***"
"""What stands for a value of the environment."""

_ELSEWHERE = {"version", "created_at", "parameters", "env", "program_id"}
"""Of a definition: what says nothing of it, and what is compared as the run had it, or by name."""


class Part(StrEnum):
    """What a difference is about, in the order in which they are told."""

    DEFINITION = "definition"
    PARAMETERS = "parameters"
    ENVIRONMENT = "environment"
    REQUEST = "request"
    RESULT = "result"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. What a run does not have is None."""

    part: Part
    field: str
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One side: the run with all that it was made from, and how much it has written."""

    facts: LaunchFacts
    output_bytes: int

    @property
    def environment(self) -> Mapping[str, str]:
        """What the program was given by program, definition and request."""
        return self.facts.environment


def compare(left: ComparedRun, right: ComparedRun) -> tuple[Difference, ...]:
    """All differences, part by part, in each by name."""
    ours, theirs = dict(_facts_of(left)), dict(_facts_of(right))
    differing = [Difference(*name, ours.get(name), theirs.get(name)) for name in ours.keys() | theirs.keys()]
    differing = [each for each in differing if each.left != each.right]
    for name in left.environment.keys() | right.environment.keys():
        if left.environment.get(name) != right.environment.get(name):
            sides = (HIDDEN if name in side.environment else None for side in (left, right))
            differing.append(Difference(Part.ENVIRONMENT, name, *sides))
    return tuple(sorted(differing, key=lambda each: (list(Part).index(each.part), each.field)))


def _facts_of(side: ComparedRun) -> Iterator[tuple[tuple[Part, str], object]]:
    run, definition = side.facts.run, side.facts.definition
    for field in fields(definition):
        if field.name not in _ELSEWHERE:
            for name, value in _flatten(field.name, getattr(definition, field.name)):
                yield (Part.DEFINITION, name.removeprefix("terms.")), value  # whoever sets one knows no terms
    yield (Part.DEFINITION, "project"), side.facts.project_name
    yield (Part.DEFINITION, "program"), side.facts.program and side.facts.program.name
    for name, value in run.parameters.items():
        yield (Part.PARAMETERS, name), value
    for name in ("requested_by", "note", "workspace", "restart_of", "restart_count"):
        yield (Part.REQUEST, name), getattr(run, name) or None
    for name in ("state", "outcome", "reason", "message", "exit_code", "tree"):
        yield (Part.RESULT, name), getattr(run, name)
    yield (Part.RESULT, "signal"), run.signal and signal_name(run.signal)
    yield (Part.RESULT, "output_bytes"), side.output_bytes
    yield (Part.TIME, "waited_seconds"), _seconds(run.requested_at, run.started_at)
    yield (Part.TIME, "ran_seconds"), _seconds(run.started_at, run.ended_at)


def _flatten(name: str, value: object) -> Iterator[tuple[str, object]]:
    """A value by its fields, as far as it has some; each as JSON has it."""
    if isinstance(value, StopSettings):
        yield f"{name}.signal", signal_name(value.signal)
        yield f"{name}.grace_seconds", value.grace_seconds
    elif is_dataclass(value):
        for field in fields(value):
            yield from _flatten(f"{name}.{field.name}", getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flatten(f"{name}.{key}", each)
    else:
        yield (
            name,
            sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value,
        )


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else (end - begin).total_seconds()
