"""What is to go, and why: by age, by number, by size."""

from datetime import UTC, datetime, timedelta

import pytest

from addon_portal.domain import retention
from addon_portal.domain.retention import (
    Kind,
    RetentionOptions,
    RetentionPolicy,
    Rule,
    Unused,
    choose_by_size,
    find_due,
)

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def thing(days: float = 0, *, newer: int = 0, size: int = 1, kind: Kind = Kind.LOG) -> Unused:
    """Something that has not been used for so long."""
    return Unused(kind, f"thing {days:g}", NOW - timedelta(days=days), newer, size)


@pytest.mark.parametrize(
    ("rule", "old", "why"),
    [
        (Rule(days=30), thing(30.1), "logs of runs that have been over for more than 30 days are not kept"),
        (Rule(days=30), thing(30), None),
        (Rule(days=0.5), thing(1, kind=Kind.WORKSPACE), "workspaces that have not been used for more than 0.5 days"),
        (Rule(days=1), thing(2, kind=Kind.CODE), "versions of code that no project uses and that have been here for"),
        (Rule(count=3), thing(newer=3), "of each project only the newest 3 runs keep their logs"),
        (Rule(count=3), thing(900, newer=2), None),
        (Rule(count=2), thing(newer=5, kind=Kind.WORKSPACE), "of each project only the newest 2 workspaces are kept"),
        (Rule(), thing(9000, newer=9000, size=1 << 60), None),
    ],
)
def test_a_thing_goes_by_its_age_or_by_how_many_are_newer(rule: Rule, old: Unused, why: str | None) -> None:
    removal = find_due(old, rule, NOW)
    assert ((removal and removal.why) or "").startswith(why or "")
    assert (removal is None) is (why is None)


def test_the_oldest_go_until_the_rest_is_small_enough() -> None:
    things = [thing(days, size=10) for days in (3, 9, 1, 7)]
    chosen = list(choose_by_size(things, 100, Rule(total_bytes=75)))
    assert [each.thing.name for each in chosen] == ["thing 9", "thing 7", "thing 3"]
    assert chosen[0].why == "all logs together may take 75 bytes"
    assert list(choose_by_size(things, 75, Rule(total_bytes=75))) == []
    assert list(choose_by_size(things, 1 << 60, Rule(days=1))) == []
    assert len(list(choose_by_size(things, 1 << 60, Rule(total_bytes=0)))) == 4


def test_no_number_of_things_is_remembered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
    chosen = list(choose_by_size((thing(days) for days in range(100)), 1000, Rule(total_bytes=0)))
    assert [each.thing.name for each in chosen] == ["thing 99", "thing 98"]


def test_nothing_is_removed_unless_somebody_says_so() -> None:
    assert RetentionPolicy.of(RetentionOptions()).is_empty
    assert not RetentionPolicy.of(RetentionOptions(code_days=1)).is_empty
