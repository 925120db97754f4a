"""By the keyboard alone: the command palette, the help of keys, and keys that leave alone whoever types."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.puppets import Puppet
from tests.support.portal import Portal
from tests.support.visitor import Held, Visitor


@pytest.fixture
def failed(portal: Portal, tmp_path: Path) -> Iterator[Puppet]:
    """A project whose only run has failed."""
    puppet = Puppet(portal, tmp_path / "puppet", name="nightly import")
    puppet.fail()
    yield puppet
    puppet.close()


def test_a_project_is_opened_by_its_name(ada: Visitor, portal: Portal, failed: Puppet) -> None:
    for number in range(12):  # so many newer ones that only the search on the server finds it
        portal.new_project(["true"], name=f"other {number}")
    page = ada.open("/status")
    expect(page.get_by_role("heading", name="Status")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("nightly imp")
    page.keyboard.press("Enter")  # at once: the run of that name is known already, the project is still asked for
    expect(page).to_have_url(re.compile(f"/projects/{failed.project_id}$"))
    expect(page.get_by_role("heading", name=failed.name)).to_be_visible()


def test_it_says_that_there_are_more_than_it_offers(ada: Visitor, portal: Portal) -> None:
    for number in range(9):
        portal.new_project(["true"], name=f"etl {number}")
    page = ada.open("/status")
    expect(page.get_by_role("heading", name="Status")).to_be_visible()
    page.keyboard.press("Control+k")
    projects = page.get_by_role("group", name="Projects")
    more = projects.get_by_role("option", name="And more: go on typing.")
    expect(projects.get_by_role("option")).to_have_count(9)
    expect(more).to_have_attribute("aria-disabled", "true")
    page.keyboard.type("etl")
    page.keyboard.press("ArrowUp")  # from the first to the last that can be chosen
    expect(projects.get_by_role("option").nth(7)).to_have_attribute("aria-selected", "true")
    more.click(force=True)
    expect(page.get_by_role("combobox")).to_be_visible()
    page.keyboard.type(" 3")
    expect(projects.get_by_role("option")).to_have_count(1)


def test_what_is_in_view_is_restarted_by_keys_alone(ada: Visitor, failed: Puppet) -> None:
    page = ada.open(f"/projects/{failed.project_id}")
    expect(page.get_by_role("heading", name=failed.name)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("restart night")
    expect(page.get_by_role("option", name=re.compile("^Restart nightly import"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Restart nightly import #1")
    expect(dialog.get_by_role("button", name="Restart", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="nightly import #2")).to_be_visible()
    failed.wait_for_copies(2)
    failed.end(0)
    assert len(failed.runs) == 2


def test_what_is_typed_while_the_palette_is_loaded_is_kept(ada: Visitor, failed: Puppet) -> None:
    page = ada.page
    held = Held(page, "**/assets/palette-*.js")
    ada.open(f"/projects/{failed.project_id}")
    expect(page.get_by_role("button", name="Restart", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    (route,) = held.wait_for(1)
    page.keyboard.type("restart ")
    route.continue_()
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("night")
    expect(page.get_by_role("combobox")).to_have_value("restart night")
    assert len(failed.runs) == 1


def test_the_help_tells_the_keys_of_the_page(ada: Visitor, failed: Puppet) -> None:
    page = ada.open(f"/runs/{failed.runs[0]['run_id']}")
    expect(page.get_by_role("button", name="Restart", exact=True)).to_be_visible()
    page.keyboard.press("?")
    help_of_keys = page.get_by_role("dialog", name="Keys")
    expect(help_of_keys).to_contain_text("Restart, with choices")
    expect(help_of_keys).to_contain_text("Search the output")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_do_nothing_while_somebody_types(ada: Visitor, failed: Puppet) -> None:
    page = ada.open("/projects")
    search = page.get_by_role("searchbox")
    expect(search).to_be_visible()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("?nightly /r")
    expect(search).to_have_value("?nightly /r")
    expect(page.get_by_role("dialog")).to_have_count(0)
