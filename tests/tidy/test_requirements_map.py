"""The page that maps what was asked for to code and tests tells the truth about what exists."""

import re
from dataclasses import dataclass

import pytest

from tests.tidy.sources import ROOT

PAGE = ROOT / "docs" / "reference" / "requirements.md"
STATUSES = {"built", "planned"}
HEADER = ["asked for", "status", "code", "test"]


@dataclass(frozen=True)
class Row:
    """One line of the requirements: where it is built and what shows it, as `path` or `path::name`."""

    asked: str
    status: str
    code: list[str]
    tests: list[str]


def read_rows(page: str) -> list[Row]:
    """Every row of every table of the page."""
    rows = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells and cells != HEADER and not set(cells[0]) <= set("- "):
            assert len(cells) == len(HEADER), f"not four columns: {line}"
            rows.append(Row(cells[0], cells[1], *(re.findall(r"`([^`]+)`", cell) for cell in cells[2:])))
    return rows


def missing(reference: str) -> str | None:
    """Why `path` or `path::name` does not lead anywhere; None if it does."""
    path, _, name = reference.partition("::")
    if not (ROOT / path).exists():
        return f"there is no {path}"
    if name and not re.search(rf"\b{re.escape(name)}\b", (ROOT / path).read_text(encoding="utf-8")):
        return f"{path} has no {name}"
    return None


ROWS = read_rows(PAGE.read_text(encoding="utf-8"))


def test_the_map_has_a_row_for_each_line_that_was_asked_for() -> None:
    assert len(ROWS) >= 40
    assert {row.status for row in ROWS} <= STATUSES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.asked[:60])
def test_a_row_names_its_code_and_what_is_called_built_exists(row: Row) -> None:
    assert row.code
    if row.status == "built":
        assert row.tests, "a built row names its test"
        assert not list(filter(None, map(missing, row.code + row.tests)))


def test_the_rules_see_a_reference_that_leads_nowhere() -> None:
    assert missing("Makefile::setup") is None
    assert missing("Makefile::no_such_target") == "Makefile has no no_such_target"
    assert missing("no/such.py") == "there is no no/such.py"
