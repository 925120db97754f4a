"""A log of a million lines that still grows: it opens at its end, is searched, holds its place, follows, has links."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from addon_portal.domain.ids import RunId
from tests.acceptance.browser.puppets import COUNTED_BYTES, Puppet
from tests.support.portal import Portal
from tests.support.visitor import Visitor
from tests.support.waiting import PATIENCE_SECONDS, wait_until

LINES = 1_000_000
MIDDLE = 500_000
Record = Callable[[str, object], None]

# Marks the moment at which the last line is drawn; the page's own clock began with the opening of the address.
MARK_END = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('[role="log"]')?.textContent.includes("line 1000000 ")) return;
  observer.disconnect();
  requestAnimationFrame(() => performance.mark("end"));
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
# Until then: from the opening of the address, and from the asking for the log.
OPENING = """async () => {
  await new Promise(requestAnimationFrame);
  const end = performance.getEntriesByName("end")[0].startTime;
  const [asked] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/log/raw"));
  return [end, end - asked.startTime].map(Math.round);
}"""
# Notes in each frame where a line stands on the screen.
WATCH_PLACE = """(row) => {
  window.places = new Set();
  const note = () => {
    window.places.add(row.isConnected ? row.getBoundingClientRect().top : "gone");
    requestAnimationFrame(note);
  };
  note();
}"""


@pytest.fixture
def writer(portal: Portal, tmp_path: Path) -> Iterator[Puppet]:
    """A program that has written a million lines, and waits."""
    puppet = Puppet(portal, tmp_path / "puppet")
    puppet.start()
    puppet.count(1, LINES)
    wait_for_size(puppet, LINES * COUNTED_BYTES)
    yield puppet
    puppet.close()


def wait_for_size(writer: Puppet, size: int) -> None:
    """Wait until all that was written is in the log."""
    log = writer.portal.data.run_directory(RunId(writer.runs[0]["run_id"])) / "output.log"
    wait_until(lambda: log.stat().st_size >= size, "the lines to be written", PATIENCE_SECONDS)


def line(page: Page, number: int) -> Locator:
    """A line of the log, where it is drawn."""
    return page.get_by_role("log").get_by_text(f"line {number:07} of the work", exact=True)


def row_of(page: Page, number: int) -> Locator:
    """All of its row."""
    return page.locator(f'[data-offset="{(number - 1) * COUNTED_BYTES}"]')


def search_for(page: Page, text: str) -> None:
    """By the keys that people know."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_it_opens_at_its_end_and_follows(writer: Puppet, ada: Visitor, record_property: Record) -> None:
    ada.page.add_init_script(MARK_END)
    page = ada.open(f"/runs/{writer.runs[0]['run_id']}")
    expect(line(page, LINES)).to_be_in_viewport(ratio=1)
    whole, own = page.evaluate(OPENING)
    record_property("figure", f"a log of 1,000,000 lines opened at its end in {own} ms, with the page in {whole} ms")
    expect(page.get_by_text("The program is running.")).to_be_in_viewport()
    writer.say("one more")
    expect(page.get_by_role("log").get_by_text("one more", exact=True)).to_be_in_viewport(ratio=1)
    writer.count(LINES + 1, LINES + 40_000)
    expect(line(page, LINES + 40_000)).to_be_in_viewport(ratio=1)
    writer.end(0)
    expect(page.get_by_role("log").get_by_text("Completed")).to_be_in_viewport()


def test_a_line_in_the_middle_is_found_and_stays_in_its_place_while_it_grows(writer: Puppet, ada: Visitor) -> None:
    page = ada.open(f"/runs/{writer.runs[0]['run_id']}")
    expect(line(page, LINES)).to_be_visible()
    search_for(page, f"line {MIDDLE:07}")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("1 of 1")
    row = row_of(page, MIDDLE)
    expect(row).to_be_in_viewport(ratio=1)
    expect(row.locator("mark")).to_have_text(f"line {MIDDLE:07}")
    expect(row_of(page, MIDDLE + 5)).to_be_in_viewport()
    row.evaluate(WATCH_PLACE)
    news = page.get_by_title("Go to the end and follow it (f)")
    for step in range(20):
        writer.count(LINES + 1 + step * 500, LINES + 500 + step * 500)
    expect(news).to_have_text(f"{10_000 * COUNTED_BYTES / 1024:.0f} KiB new")
    assert len(page.evaluate("[...places]")) == 1, "it has moved"
    assert "gone" not in page.evaluate("[...places]")
    news.click()
    expect(line(page, LINES + 10_000)).to_be_in_viewport(ratio=1)
    writer.say("followed again")
    expect(page.get_by_role("log").get_by_text("followed again", exact=True)).to_be_in_viewport(ratio=1)


def test_a_link_to_a_line_survives(writer: Puppet, ada: Visitor) -> None:
    page = ada.open(f"/runs/{writer.runs[0]['run_id']}")
    expect(line(page, LINES)).to_be_visible()
    search_for(page, f"line {MIDDLE:07}")
    row_of(page, MIDDLE).get_by_role("button").click()
    address = f"{ada.address}/runs/{writer.runs[0]['run_id']}?at={(MIDDLE - 1) * COUNTED_BYTES}"
    expect(page).to_have_url(address)
    writer.count(LINES + 1, LINES + 1_000)
    page.reload()
    expect(line(page, MIDDLE)).to_be_in_viewport(ratio=1)
    writer.end(0)
    expect(page.get_by_role("main").get_by_text("Completed").first).to_be_visible()
    page.reload()
    expect(line(page, MIDDLE)).to_be_in_viewport(ratio=1)
    expect(page).to_have_url(address)
