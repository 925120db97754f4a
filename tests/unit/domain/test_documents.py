"""The states' diagram and the reasons' list in the documents say what the code says."""

import re
from pathlib import Path

from addon_portal.domain.reasons import REASONS, START_STEPS
from addon_portal.domain.states import HEALTH_SENTENCES, SENTENCES
from addon_portal.domain.transitions import LEGAL_MOVES

DOCS = Path(__file__).parents[3] / "docs" / "reference"


def rows(text: str) -> list[list[str]]:
    table = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row] for row in table]


def test_the_state_diagram_shows_every_legal_move_and_no_other() -> None:
    text = (DOCS / "states.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^    (\w+) --> (\w+)$", text, re.MULTILINE))
    assert drawn == {(a.value, b.value) for a, moves in LEGAL_MOVES.items() for b in moves}


def test_states_and_health_are_described_in_the_words_of_the_code() -> None:
    said = rows((DOCS / "states.md").read_text(encoding="utf-8"))
    assert said == [[word.value, text] for word, text in (*SENTENCES.items(), *HEALTH_SENTENCES.items())]


def test_the_list_of_reasons_is_that_of_the_code() -> None:
    said = rows((DOCS / "reasons.md").read_text(encoding="utf-8"))
    assert said == [
        [r.value, i.state.value, i.outcome or "–", i.sentence, ", ".join(i.evidence), i.next_step]
        for r, i in REASONS.items()
    ]


def test_the_page_of_reasons_has_what_to_try_where_it_is_not_the_command() -> None:
    page = (DOCS / "reasons.md").read_text(encoding="utf-8")
    assert all(f"At the step `{step}` of `could_not_start` it is: {text}" in page for step, text in START_STEPS.items())
