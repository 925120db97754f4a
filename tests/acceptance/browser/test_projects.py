"""The list of projects: found by name and state, kept when going back, live, and acted on."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.support.portal import Portal
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

MANY = 130
"""More than one page of the list."""


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def names_on(page: Page) -> list[str]:
    return page.locator("tbody tr a").all_inner_texts()


def ended(portal: Portal, name: str, *command: str) -> str:
    """A project whose newest run is over."""
    project_id = portal.new_project(list(command), name=name)
    portal.wait_final(portal.run(project_id))
    return project_id


def test_projects_are_found_and_the_way_back_leads_to_what_was_found(portal: Portal, ada: Visitor) -> None:
    ended(portal, "etl-orders", "false")
    ended(portal, "etl-customers", "true")
    ended(portal, "report", "false")
    portal.new_project(["true"], name="etl-never")
    page = ada.open("/projects")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.keyboard.press("/")
    page.keyboard.type("ETL")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Failed", exact=True).click()
    page.get_by_role("button", name="Never run", exact=True).click()
    page.get_by_label("By", exact=True).select_option("Name")
    expect(page.locator("tbody tr a").first).to_have_text("etl-never")
    assert names_on(page) == ["etl-never", "etl-orders"]
    assert parse_qs(urlsplit(page.url).query) == {"q": ["ETL"], "state": ["failed,never"], "sort": ["name"]}

    page.get_by_role("link", name="etl-orders").click()
    expect(page.get_by_role("heading", name="etl-orders", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("ETL")
    expect(page.get_by_role("button", name="Failed", exact=True)).to_have_attribute("aria-pressed", "true")
    assert names_on(page) == ["etl-never", "etl-orders"]

    page.get_by_role("searchbox").fill("nothing of this name")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_long_list_keeps_its_place_when_going_back(portal: Portal, ada: Visitor) -> None:
    for number in range(MANY):
        portal.new_project(["true"], name=f"project {number:03}")
    page = ada.open("/projects?sort=name")
    expect(page.get_by_role("link", name="project 000")).to_be_visible()
    last = page.get_by_role("link", name=f"project {MANY - 1:03}")
    while not last.count():
        page.keyboard.press("End")
        page.wait_for_timeout(50)
    last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 1000
    last.click()
    expect(page.get_by_role("heading", name=f"project {MANY - 1:03}", exact=True)).to_be_visible()
    page.go_back()
    expect(last).to_be_in_viewport()
    assert len(names_on(page)) == MANY


def test_a_list_is_live_and_its_rows_can_be_acted_on(portal: Portal, ada: Visitor) -> None:
    sleeper = portal.new_project(["sleep", "1000"], name="sleeper")
    page = ada.open("/projects?state=running,never")
    expect(row_of(page, "sleeper")).to_contain_text("Never run")
    # Without the page: what happens elsewhere.
    other = portal.new_project(["sleep", "1000"], name="from elsewhere")
    portal.run(other)
    expect(row_of(page, "from elsewhere")).to_contain_text("Running")

    row_of(page, "sleeper").hover()
    row_of(page, "sleeper").get_by_role("button", name="Run", exact=True).click()
    expect(row_of(page, "sleeper")).to_contain_text("Running")
    row_of(page, "sleeper").get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
    expect(row_of(page, "sleeper")).to_contain_text("Stopped by")
    # It belongs into the list no more, and leaves it once nobody aims at it.
    page.mouse.move(0, 0)
    page.get_by_role("heading", name="Projects").click()
    expect(row_of(page, "sleeper")).to_have_count(0)
    assert portal.get(f"/api/tenant/projects/{sleeper}")["latest_run"]["number"] == 1
    portal.ask("POST", f"/api/tenant/projects/{other}/stop", {})
    portal.wait_final(portal.get(f"/api/tenant/projects/{other}")["latest_run"]["run_id"])


def test_where_nothing_hovers_a_row_shows_what_can_be_done(portal: Portal, visit: Visit) -> None:
    project_id = ended(portal, "touched", "false")
    page = visit(portal, has_touch=True, is_mobile=True).open("/projects")
    row_of(page, "touched").get_by_role("button", name="Restart", exact=True).tap()
    newest = wait_until(lambda: _restarted(portal, project_id), "a second run")
    portal.wait_final(newest)


def _restarted(portal: Portal, project_id: str) -> str:
    run = portal.get(f"/api/tenant/projects/{project_id}")["latest_run"]
    return str(run["run_id"]) if run["number"] == 2 else ""


def test_a_deleted_project_is_gone_from_the_list_and_its_run_is_not(portal: Portal, ada: Visitor) -> None:
    project_id = ended(portal, "old", "true")
    run_id = portal.get(f"/api/tenant/projects/{project_id}")["latest_run"]["run_id"]
    ended(portal, "young", "true")
    page = ada.open(f"/projects/{project_id}")
    page.get_by_role("button", name="Delete the project").click()
    dialog = page.get_by_role("dialog", name="Delete old?")
    expect(dialog).to_contain_text("Its runs stay readable")
    dialog.get_by_role("button", name="Delete the project").click()
    expect(page).to_have_url(re.compile("/projects$"))
    expect(page.get_by_role("link", name="young", exact=True)).to_be_visible()
    assert names_on(page) == ["young"]
    assert portal.get(f"/api/tenant/runs/{run_id}")["state"] == "completed"
