"""Restarting from the page: one decision is one run, whatever fingers, networks and other people do meanwhile.

What is counted are the copies of the program that were really started.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.acceptance.browser.puppets import Puppet
from tests.support.portal import Portal
from tests.support.visitor import Held, Visitor

RESTART = "**/api/tenant/projects/*/restart"


@pytest.fixture
def failed(portal: Portal, tmp_path: Path) -> Iterator[Puppet]:
    """A project whose only run has failed."""
    puppet = Puppet(portal, tmp_path / "puppet")
    puppet.fail()
    yield puppet
    puppet.close()


def restart_button(place: Page | Locator) -> Locator:
    """The one click."""
    return place.get_by_role("button", name="Restart", exact=True)


def row_of(page: Page, puppet: Puppet) -> Locator:
    """The row of a project's run on the status page."""
    return page.get_by_role("listitem").filter(has_text=f"{puppet.name} #1")


def check_restarted_once(puppet: Puppet) -> None:
    """One copy more, one run more, linked to the first; and nothing comes later."""
    puppet.wait_for_copies(2)
    puppet.end(0)
    newest, first = puppet.runs
    puppet.portal.wait_final(newest["run_id"])
    assert (newest["restart_of"], first["number"]) == (first["run_id"], 1)
    assert len(puppet.copies) == len(puppet.runs) == 2


def test_from_the_projects_page(ada: Visitor, failed: Puppet) -> None:
    page = ada.open(f"/projects/{failed.project_id}")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Failed· exit code 3")
    restart_button(page).click()
    failed.wait_for_copies(2)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    check_restarted_once(failed)
    expect(main.get_by_text("Completed").first).to_be_visible()
    page.get_by_role("link", name="#1", exact=True).click()
    expect(page.get_by_role("heading", name=f"{failed.name} #1")).to_be_visible()
    expect(page.get_by_text("It was restarted as")).to_be_visible()


def test_from_the_status_page(ada: Visitor, failed: Puppet) -> None:
    page = ada.open("/status")
    row = row_of(page, failed)
    restart_button(row).click()
    expect(row).to_contain_text("Restarted as #2")
    check_restarted_once(failed)
    row.get_by_role("link", name="#2").click()
    expect(page.get_by_role("heading", name=f"{failed.name} #2")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Completed")


def test_on_a_small_screen_the_answers_stay_in_view_and_with_them_a_refusal(
    visit: Visit, portal: Portal, failed: Puppet
) -> None:
    visitor = visit(portal, viewport={"width": 360, "height": 480})
    page = visitor.open(f"/projects/{failed.project_id}")
    expect(restart_button(page)).to_be_visible()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("A new run follows it.")).to_be_in_viewport(ratio=1)
    expect(restart_button(dialog)).to_be_in_viewport(ratio=1)
    portal.ask("DELETE", f"/api/tenant/projects/{failed.project_id}")
    visitor.forgive("404$")
    restart_button(dialog).click()
    expect(dialog.get_by_role("alert").last).to_be_in_viewport(ratio=1)
    expect(restart_button(dialog)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("address", ["/projects/{}", "/status"])
def test_a_double_click_is_one_restart(ada: Visitor, failed: Puppet, address: str) -> None:
    page = ada.open(address.format(failed.project_id))
    restart_button(page).dblclick()
    check_restarted_once(failed)


def test_clicks_while_the_network_is_slow_are_one_restart(ada: Visitor, failed: Puppet) -> None:
    held = Held(ada.page, RESTART)
    page = ada.open("/status")
    button = restart_button(row_of(page, failed))
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click(force=True)
    button.press("Enter")
    page.wait_for_timeout(100)  # what else was sent would have come by now
    held.wait_for(1)[0].continue_()
    check_restarted_once(failed)


def test_two_people_at_once_are_one_restart_and_both_see_it(portal: Portal, visit: Visit, failed: Puppet) -> None:
    people = [visit(portal, name) for name in ("Ada", "Ben")]
    held = [Held(person.page, RESTART) for person in people]
    for person in people:
        restart_button(person.open(f"/projects/{failed.project_id}")).click()
    for (route,) in [each.wait_for(1) for each in held]:
        route.continue_()
    failed.wait_for_copies(2)
    winner = failed.runs[0]["requested_by"].removeprefix("person:")
    for person in people:
        person.forgive("^POST /api/tenant/projects/[^/]+/restart: 409$")
        row = person.page.get_by_role("listitem").filter(has_text="#2")
        expect(row).to_contain_text(f"restarted by {winner}")
        expect(person.page.get_by_role("button", name="Stop")).to_be_visible()
    assert sum("restart: 409" in said for person in people for said in person.complaints) == 1
    check_restarted_once(failed)


@pytest.mark.parametrize("address", ["/runs/{run_id}", "/projects/{project_id}", "/status"])
def test_a_lost_answer_is_asked_for_again_and_is_one_restart(ada: Visitor, failed: Puppet, address: str) -> None:
    held = Held(ada.page, RESTART)
    page = ada.open(address.format(**failed.runs[0]))
    ada.forgive("restart: net::ERR_CONNECTION_RESET$")
    restart_button(page).click()
    (first,) = held.wait_for(1)
    answer = first.fetch()
    assert answer.status == 202, "the portal has received it"
    first.abort("connectionreset")
    first, second = held.wait_for(2)
    assert first.request.headers["idempotency-key"] == second.request.headers["idempotency-key"]
    second.continue_()
    expect(page.get_by_role("main").get_by_text("#2").first).to_be_visible()
    check_restarted_once(failed)


def test_while_there_is_no_answer_the_page_says_that_it_asks_again(ada: Visitor, failed: Puppet) -> None:
    held = Held(ada.page, RESTART)
    page = ada.open("/status")
    ada.forgive("restart: net::ERR_CONNECTION_RESET$")
    row = row_of(page, failed)
    restart_button(row).click()
    held.wait_for(1)[0].abort("connectionreset")
    _, second = held.wait_for(2)
    expect(row.get_by_role("status")).to_have_text(
        "No answer yet; asking again (try 2). However often it is asked, it is done once."
    )
    second.continue_()
    expect(row).to_contain_text("Restarted as #2")
    check_restarted_once(failed)


def test_somebody_who_comes_too_late_is_told_what_has_followed(ada: Visitor, portal: Portal, failed: Puppet) -> None:
    """Their events are held up, so that the page still offers what somebody else has done."""
    page = ada.page
    page.route("**/api/tenant/events", lambda route: route.abort())
    ada.forgive("/api/tenant/events: net::ERR_FAILED$")
    ada.open(f"/runs/{failed.runs[0]['run_id']}")
    expect(restart_button(page)).to_be_visible()
    answer = portal.ask("POST", f"/api/tenant/projects/{failed.project_id}/restart", {})
    assert answer.status_code == 202
    ada.forgive("restart: 409$")
    restart_button(page).click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("followed by|restarted as"))
    check_restarted_once(failed)


def test_r_asks_and_enter_restarts(ada: Visitor, failed: Puppet) -> None:
    page = ada.open(f"/runs/{failed.runs[0]['run_id']}")
    expect(restart_button(page)).to_be_visible()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name=f"Restart {failed.name} #1")
    expect(restart_button(dialog)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"{failed.name} #2")).to_be_visible()
    check_restarted_once(failed)
    expect(page.get_by_role("main")).to_contain_text("Completed")
