"""How long logs, workspaces and code are kept, and which of them are to go now.

Pure: whoever asks says what there is and what time it is. Promises that nothing is chosen which is in use, since only
what nobody uses any more is ever offered, and that each choice comes with its reason in words. Records of runs are no
part of this: they stay for as long as their runs do.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from addon_portal.domain.limits import shown_bytes
from addon_portal.domain.models import JsonObject

MOST_AT_ONCE = 10_000
"""So many of the oldest are remembered while it is counted what all take together; the next pass goes on."""


class Kind(StrEnum):
    """What can be removed."""

    LOG = "log"
    WORKSPACE = "workspace"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Rule:
    """When a thing of one kind has to go; None where that is no reason."""

    days: float | None = None
    """After so long without use."""
    count: int | None = None
    """When its project has so many newer ones."""
    total_bytes: int | None = None
    """As long as all of its kind take more than this on the host, the oldest first."""

    @property
    def is_empty(self) -> bool:
        """Whether it removes nothing, ever."""
        return self == Rule()


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """The rules of an installation."""

    logs: Rule = Rule()
    workspaces: Rule = Rule()
    code: Rule = Rule()

    @property
    def is_empty(self) -> bool:
        """Whether everything is kept for ever."""
        return self == RetentionPolicy()

    @classmethod
    def of(cls, options: "RetentionOptions") -> Self:
        """The rules that an operator has set."""
        return cls(
            Rule(options.log_days, options.log_runs, options.log_bytes),
            Rule(options.workspace_days, options.workspace_count, options.workspace_bytes),
            Rule(options.code_days),
        )


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """As they are set: plain values that survive JSON."""

    log_days: float | None = None
    log_runs: int | None = None
    log_bytes: int | None = None
    workspace_days: float | None = None
    workspace_count: int | None = None
    workspace_bytes: int | None = None
    code_days: float | None = None
    interval_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Unused:
    """A thing on disk that nobody uses any more. `newer` counts those of its project that are newer."""

    kind: Kind
    name: str
    since: datetime
    newer: int
    size: int


@dataclass(frozen=True, slots=True)
class Removal:
    """A thing that is to go, and why, in words that follow "removed by retention:"."""

    thing: Unused
    why: str

    def to_record(self, at: str) -> JsonObject:
        """As it is written down where the thing was, before that is removed."""
        return {"version": 1, "removed_at": at, "why": self.why, "bytes": self.thing.size}


def find_due(thing: Unused, rule: Rule, now: datetime) -> Removal | None:
    """The thing with why it has to go, by its age or by how many newer ones there are."""
    if rule.days is not None and now - thing.since > timedelta(days=rule.days):
        old = f"{_NOUNS[thing.kind]} {_TOO_OLD[thing.kind]}"
        return Removal(thing, f"{old} for more than {rule.days:g} days are not kept")
    if rule.count is not None and thing.newer >= rule.count:
        return Removal(thing, f"of each project only the newest {rule.count} {_COUNTED[thing.kind]}")
    return None


def choose_by_size(things: Iterable[Unused], total: int, rule: Rule) -> Iterator[Removal]:
    """The oldest, until what all take together, `total`, is within the rule. `things` may be any number."""
    if rule.total_bytes is None or total <= rule.total_bytes:
        return
    for thing in heapq.nsmallest(MOST_AT_ONCE, things, key=lambda each: each.since):
        if total <= rule.total_bytes:
            return
        total -= thing.size
        yield Removal(thing, f"all {_NOUNS[thing.kind]} together may take {shown_bytes(rule.total_bytes)}")


_NOUNS = {Kind.LOG: "logs", Kind.WORKSPACE: "workspaces", Kind.CODE: "versions of code"}
_TOO_OLD = {
    Kind.LOG: "of runs that have been over",
    Kind.WORKSPACE: "that have not been used",
    Kind.CODE: "that no project uses and that have been here",
}
_COUNTED = {Kind.LOG: "runs keep their logs", Kind.WORKSPACE: "workspaces are kept", Kind.CODE: "versions are kept"}
