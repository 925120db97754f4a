"""The facts that people are told: the closed list, each with what in the journal it is and how it is called.

Public API: a new fact is one line in `FACTS`, one in `docs/reference/webhooks.md` and a change note. Each journal entry
is at most one fact for one webhook: the first of the list that it is and that the webhook wants. What follows from the
clock alone stands in no journal: `OVERDUE`. Leaves the words to `messages`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from addon_portal.domain.models import JournalEntry
from addon_portal.domain.reasons import REASONS
from addon_portal.domain.states import Health, Outcome


class Fact(StrEnum):
    """What a message is about; its `type` on the wire."""

    OUTCOME_AMENDED = "run.outcome_amended"
    OUTCOME_UNKNOWN = "run.outcome_unknown"
    FAILED = "run.failed"
    RECOVERED = "run.recovered"
    COMPLETED = "run.completed"
    OVERDUE = "run.overdue"
    SILENT = "run.silent"
    GAVE_UP = "run.gave_up"
    TEST = "test"
    """Sent when somebody asks for it, to one webhook; nobody can want it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A journal entry with what has to be known of the time before it."""

    entry: JournalEntry
    before: Outcome | None = None
    """How the run of the project before it ended that showed an outcome."""
    was_silent: bool = False
    """Whether the run's conditions were known to hold silence already."""

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that this entry gives to its run; None for any other entry, and for a cancelled run."""
        reason = self.entry.reason
        return None if reason is None or self.entry.kind == "imported" else REASONS[reason].outcome


@dataclass(frozen=True, slots=True)
class FactInfo:
    """What a fact is."""

    verb: str
    """What the project or its run did, for the title."""
    is_it: Callable[[Happening], bool]
    by_default: bool = True


def _never(_: Happening) -> bool:
    return False


def _is_silence(it: Happening) -> bool:
    conditions = it.entry.detail.get("conditions") if it.entry.kind == "condition" else None
    return isinstance(conditions, list) and Health.SILENT in conditions and not it.was_silent


FACTS: Mapping[Fact, FactInfo] = {
    Fact.OUTCOME_AMENDED: FactInfo("is known to have ended after all", lambda it: it.entry.kind == "amended"),
    Fact.OUTCOME_UNKNOWN: FactInfo("ended, nobody knows how", lambda it: it.outcome is Outcome.UNKNOWN),
    Fact.FAILED: FactInfo("failed", lambda it: it.outcome is Outcome.FAILURE),
    Fact.RECOVERED: FactInfo(
        "works again", lambda it: it.outcome is Outcome.SUCCESS and it.before in {Outcome.FAILURE, Outcome.UNKNOWN}
    ),
    Fact.COMPLETED: FactInfo("completed", lambda it: it.outcome is Outcome.SUCCESS, by_default=False),
    Fact.OVERDUE: FactInfo("is overdue", _never),
    Fact.SILENT: FactInfo("is silent", _is_silence),
    Fact.GAVE_UP: FactInfo("is not restarted any more", lambda it: it.entry.kind == "restart_given_up"),
}
"""Every fact that a webhook can want, in the order in which they are looked for."""

BY_DEFAULT = tuple(fact for fact, info in FACTS.items() if info.by_default)
"""What a webhook is told of that does not say."""


def concerns_somebody(entry: JournalEntry) -> bool:
    """Whether the entry can be a fact at all, before anything else is looked up for it."""
    return entry.kind in {"condition", "restart_given_up", "amended"} or entry.reason is not None


def first_wanted(it: Happening, wanted: frozenset[Fact]) -> Fact | None:
    """What the entry is to somebody who wants these facts."""
    return next((fact for fact, info in FACTS.items() if fact in wanted and info.is_it(it)), None)
