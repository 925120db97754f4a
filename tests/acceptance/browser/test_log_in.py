"""Logging in by a link, once; logging out; a session that ends while somebody looks; requests of other sites."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser.conftest import Visit, link_for
from tests.support.portal import Portal
from tests.support.visitor import Visitor

AT_LOG_IN = re.compile(r"/login\b")
AT_STATUS = re.compile(r"/status$")


def log_out(page: Page) -> None:
    """By the menu of the tenant."""
    page.get_by_role("button", name=re.compile("^tenant ")).click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page).to_have_url(AT_LOG_IN)


def test_a_link_leads_to_the_status_and_its_secret_is_gone_from_the_address(portal: Portal, visit: Visit) -> None:
    visitor = visit(portal, enter=False)
    link = link_for(portal, "Ada")
    page = visitor.log_in(link)
    expect(page).to_have_url(AT_STATUS)
    secret = link.partition("token=")[2]
    assert secret not in page.content()
    page.go_back()
    assert secret not in page.url
    cookies = visitor.context.cookies()
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Lax")]


def test_a_used_link_lets_nobody_else_in_and_says_what_to_do(portal: Portal, visit: Visit) -> None:
    link = link_for(portal)
    first, second = visit(portal, enter=False), visit(portal, "Ben", enter=False)
    first.log_in(link)
    second.forgive("^POST /api/session: 401$")
    page = second.open(link.removeprefix(second.address))
    said = page.get_by_role("alert")
    expect(said).to_contain_text("The log-in link lets nobody in")
    expect(said).to_contain_text("has been used already, at ")
    expect(said).to_contain_text("Make another one with: addon-portal login-link")
    second.forgive("^GET /api/session: 401$")
    expect(second.open("/projects")).to_have_url(re.compile(r"/login\?from="))
    expect(first.page.get_by_role("heading", name="Status", exact=True)).to_be_visible()


def test_a_link_may_be_pasted(portal: Portal, visit: Visit) -> None:
    visitor = visit(portal, enter=False)
    visitor.forgive("^GET /api/session: 401$")
    page = visitor.open("/")
    page.get_by_label("Link").fill(f"  {link_for(portal)} ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(AT_STATUS)


def test_after_logging_out_nothing_is_shown_and_the_cookie_opens_nothing(portal: Portal, ada: Visitor) -> None:
    (before,) = ada.context.cookies()
    log_out(ada.open("/status"))
    ada.forgive(": 401$")
    assert ada.context.cookies() == []
    expect(ada.open("/projects")).to_have_url(re.compile(r"/login\?from=%2Fprojects$"))
    old = f"{before['name']}={before['value']}"
    assert portal.ask("GET", "/api/tenant/projects", Cookie=old, Authorization="").status_code == 401


def test_a_session_that_ends_leads_to_the_log_in_and_back_to_the_same_address(portal: Portal, ada: Visitor) -> None:
    run_id = portal.run(portal.new_project(["echo", "one line"]))
    portal.wait_final(run_id)
    address = f"/runs/{run_id}?at=3"
    page = ada.open(address)
    expect(page.get_by_text("Completed").first).to_be_visible()
    other = ada.context.new_page()
    other.goto("/status")
    ada.forgive(": 401$")
    log_out(other)
    expect(page).to_have_url(AT_LOG_IN)
    assert "one line" not in page.content()
    page.get_by_label("Link").fill(link_for(portal))
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{ada.address}{address}")
    expect(page.get_by_text("one line").first).to_be_visible()


def test_what_has_not_come_from_the_page_changes_nothing(portal: Portal, ada: Visitor) -> None:
    project_id = portal.new_project(["true"])
    refused = ada.open("/status").evaluate(
        """async (path) => {
          const ask = (headers) => fetch(path, { method: "POST", body: "{}",
            headers: { "Content-Type": "application/json", ...headers } });
          const answers = [await ask({}), await ask({ "X-CSRF-Token": "0".repeat(43) })];
          return Promise.all(answers.map(async (answer) => [answer.status, (await answer.json()).code]));
        }""",
        f"/api/tenant/projects/{project_id}/run",
    )
    ada.forgive(f"^POST /api/tenant/projects/{project_id}/run: 403$")
    assert refused == [[403, "csrf_refused"], [403, "csrf_refused"]]
    assert portal.get(f"/api/tenant/projects/{project_id}")["latest_run"] is None
    page = ada.open(f"/projects/{project_id}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Completed").first).to_be_visible()


@pytest.mark.parametrize("path", ["/nowhere", "/projects/prj_x/nothing/here"])
def test_who_is_logged_in_gets_on_from_an_address_that_leads_nowhere(
    shared_portal: Portal, visit: Visit, path: str
) -> None:
    page = visit(shared_portal).open(path)
    expect(page.get_by_role("heading", name="There is no such page.")).to_be_visible()
    expect(page.get_by_role("main")).to_have_count(1)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Projects").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_who_is_not_logged_in_is_told_too_that_an_address_leads_nowhere(shared_portal: Portal, visit: Visit) -> None:
    ada = visit(shared_portal, enter=False)
    ada.forgive("^GET /api/session: 401$")
    page = ada.open("/nowhere")
    expect(page.get_by_role("heading", name="There is no such page.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
