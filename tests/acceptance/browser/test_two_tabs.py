"""An operator with two tabs, which have one session: what is typed in one never lands in the tenant of the other."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.support.portal import Portal
from tests.support.visitor import Visitor

OTHER = "default"
"""A tenant that every portal has."""
NAMES = "fetch('/api/tenant/projects').then(async (answer) => (await answer.json()).items.map(({ name }) => name))"
"""Asked without saying which tenant is shown: where the session looks."""


def fill(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Command", exact=True).fill("echo typed")


def go(page: Page, tenant: str) -> None:
    """By the menu of the tenant."""
    page.get_by_role("banner").get_by_role("button", name=re.compile("^(tenant |default)")).first.click()
    page.get_by_role("menuitem", name=f"Go to {tenant}", exact=True).click()
    expect(page.get_by_role("button", name=tenant, exact=True)).to_be_visible()


def note_of(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="This tab shows")


def operator_in(portal: Portal, visit: Visit) -> tuple[Visitor, str]:
    """An operator who looks at the test's tenant; and its name."""
    olivia = visit(portal, "Olivia", role="operator")
    olivia.forgive(": 409$")
    return olivia, portal.get("/api/session")["tenant"]["name"]


def test_what_is_typed_in_one_tab_is_not_stored_in_the_tenant_of_another(portal: Portal, visit: Visit) -> None:
    olivia, tenant = operator_in(portal, visit)
    first = olivia.open("/projects/new")
    fill(first, "typed here")
    second = olivia.context.new_page()
    second.goto("/status")
    go(second, OTHER)
    before = second.evaluate(NAMES)
    first.get_by_role("button", name="Create", exact=True).click()
    expect(note_of(first)).to_contain_text(f"This tab shows {tenant}; the session looks at {OTHER} now")
    expect(first.get_by_text("The session looks at another tenant")).to_be_visible()
    assert second.evaluate(NAMES) == before
    assert portal.get("/api/tenant/projects")["items"] == []
    expect(first.get_by_role("banner").get_by_role("button", name=tenant, exact=True)).to_be_visible()

    first.get_by_role("button", name=f"Back to {tenant}", exact=True).click()
    expect(note_of(first)).to_have_count(0)
    expect(first.get_by_label("Name", exact=True)).to_have_value("typed here")
    expect(first.get_by_text("live", exact=True)).to_be_visible()
    expect(note_of(second)).to_contain_text(f"This tab shows {OTHER}; the session looks at {tenant} now")
    first.get_by_role("button", name="Create", exact=True).click()
    expect(first.get_by_role("heading", name="typed here", exact=True)).to_be_visible()
    (made,) = portal.get("/api/tenant/projects")["items"]
    assert (made["name"], made["command"]) == ("typed here", ["echo", "typed"])


def test_a_tab_shows_nothing_of_another_tenant_until_one_goes_there(portal: Portal, visit: Visit) -> None:
    olivia, tenant = operator_in(portal, visit)
    portal.new_project(["true"], name="ours")
    first = olivia.open("/projects")
    expect(first.get_by_role("link", name="ours")).to_be_visible()
    second = olivia.context.new_page()
    second.goto("/status")
    go(second, OTHER)
    second.goto("/projects/new")
    theirs = f"theirs of {tenant}"
    fill(second, theirs)
    second.get_by_role("button", name="Create", exact=True).click()
    expect(second.get_by_role("heading", name=theirs, exact=True)).to_be_visible()

    # Nobody has touched the first tab: it learns of it by its stream.
    expect(note_of(first)).to_be_visible()
    expect(first.get_by_role("link", name="ours")).to_be_visible()
    first.get_by_role("link", name="Status", exact=True).click()
    expect(first.get_by_text("The session looks at another tenant").first).to_be_visible()
    first.get_by_role("link", name="Projects", exact=True).click()
    expect(first.get_by_role("link", name="ours")).to_be_visible()
    expect(first.get_by_text(theirs)).to_have_count(0)

    first.get_by_role("button", name=f"Go to {OTHER}", exact=True).click()
    expect(first.get_by_role("button", name=OTHER, exact=True)).to_be_visible()
    expect(note_of(first)).to_have_count(0)
    first.get_by_role("link", name="Projects", exact=True).click()
    expect(first.get_by_role("link", name=theirs)).to_be_visible()
    expect(first.get_by_role("link", name="ours")).to_have_count(0)
