"""Which journal entries are which facts, and that the document tells it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from addon_portal.domain.facts import BY_DEFAULT, FACTS, Fact, Happening, concerns_somebody, first_wanted
from addon_portal.domain.messages import hide
from addon_portal.domain.models import JournalEntry
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.states import Outcome, RunState
from tests.unit.domain.evidence_factory import NOW
from tests.unit.domain.runs import RUNNING

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "webhooks.md"
ALL = frozenset(FACTS)
ENTRY = JournalEntry(
    1, RUNNING.tenant_id, RUNNING.project_id, RUNNING.id, "ended", RunState.RUNNING, None, None, "s", "c", NOW, NOW, {}
)


def ended(reason: Reason, kind: str = "ended", before: Outcome | None = None) -> Happening:
    return Happening(replace(ENTRY, kind=kind, reason=reason, to_state=REASONS[reason].state), before)


@pytest.mark.parametrize("reason", Reason)
def test_every_ending_is_one_fact_by_its_outcome(reason: Reason) -> None:
    expected = {
        Outcome.SUCCESS: Fact.COMPLETED,
        Outcome.FAILURE: Fact.FAILED,
        Outcome.UNKNOWN: Fact.OUTCOME_UNKNOWN,
        None: None,
    }
    assert first_wanted(ended(reason), ALL) is expected[REASONS[reason].outcome]


def test_a_recovery_is_preferred_to_a_completion_by_those_who_want_both() -> None:
    for before in (Outcome.FAILURE, Outcome.UNKNOWN):
        it = ended(Reason.SUCCEEDED, before=before)
        assert first_wanted(it, ALL) is Fact.RECOVERED
        assert first_wanted(it, frozenset({Fact.COMPLETED})) is Fact.COMPLETED
    assert first_wanted(ended(Reason.SUCCEEDED, before=Outcome.SUCCESS), frozenset({Fact.RECOVERED})) is None


def test_an_amendment_is_what_it_shows_to_those_who_do_not_want_amendments() -> None:
    it = ended(Reason.EXIT_CODE, "amended")
    assert first_wanted(it, ALL) is Fact.OUTCOME_AMENDED
    assert first_wanted(it, frozenset({Fact.FAILED})) is Fact.FAILED


def test_silence_is_one_fact_for_as_long_as_it_lasts() -> None:
    silent = replace(ENTRY, kind="condition", detail={"conditions": ["silent", "unsupervised"]})
    assert first_wanted(Happening(silent), ALL) is Fact.SILENT
    assert first_wanted(Happening(silent, was_silent=True), ALL) is None
    assert first_wanted(Happening(replace(silent, detail={"conditions": ["unsupervised"]})), ALL) is None


def test_what_is_imported_is_no_news() -> None:
    assert first_wanted(ended(Reason.EXIT_CODE, "imported"), ALL) is None


def test_other_entries_concern_nobody() -> None:
    for kind in ("requested", "claimed", "started", "stopping", "stop_requested"):
        entry = replace(ENTRY, kind=kind)
        assert not concerns_somebody(entry)
        assert first_wanted(Happening(entry), ALL) is None


def test_the_document_lists_every_fact_and_whether_it_is_told_by_default() -> None:
    rows = re.findall(r"^\| `(run\.[a-z_]+)` \| .+ \| (told|not told) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert {name: told == "told" for name, told in rows} == {fact: fact in BY_DEFAULT for fact in FACTS}


def test_values_of_an_environment_are_hidden_longest_first_and_short_ones_are_no_secrets() -> None:
    assert hide("see tokens: abcd-efgh and 1", ["abcd", "abcd-efgh", "1"]) == "see tokens: *** and 1"
