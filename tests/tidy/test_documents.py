"""The documents hold together: links lead somewhere, every page is in the index, each decision has its own number."""

import re
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT, name_of, text_of, tracked_files

PAGES = tracked_files("*.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DECISIONS = [path for path in tracked_files("docs/decisions/*.md") if path.name[0].isdigit()]


def without_code(text: str) -> str:
    """The text of a page without code, in which brackets mean something else."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """What `#…` may point at: the headings, spelled as the usual renderers do."""
    headings = re.findall(r"^#+ +(.+?) *$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(without_code(text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            broken.append(link)
    assert not broken, f"{name_of(page)} links to what is not there: {broken}"


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(index))}
    pages = {path for path in tracked_files("docs/**.md") if path != index}
    missing = sorted(name_of(path) for path in pages - listed if path.parent not in listed)
    assert not missing, f"add a line to docs/README.md for: {missing}"


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers), sorted(numbers)


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_why_what_and_at_what_price(page: Path) -> None:
    headings = re.findall(r"^## (.+?) *$", text_of(page), re.MULTILINE)
    assert headings[:3] == ["Problem", "Decision", "Consequences"], f"{name_of(page)}: see 0001 for the form"
    assert re.match(rf"# {page.name[:4]} \S", text_of(page)), f"{name_of(page)} opens with '# {page.name[:4]} Title'"
