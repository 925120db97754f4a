"""The settings: keys that are made, used and revoked; people who are invited and logged out; webhooks that are told."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.acceptance.browser.test_every_page import IS_WIDER, NARROW, THEMES, WIDE, find_faults
from tests.support.portal import Portal
from tests.support.receiver import Receiver
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

KEY, SECRET, LINK = re.compile(r"ap_\S+"), re.compile(r"whsec_\S+"), re.compile(r"http\S+/login#token=\S+")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    made = Receiver().start()
    yield made
    made.stop()


def section(page: Page, name: str) -> Locator:
    """A part of the settings."""
    return page.get_by_role("region", name=name, exact=True)


def press(within: Page | Locator, name: str | re.Pattern[str]) -> None:
    within.get_by_role("button", name=name, exact=isinstance(name, str)).click()


def shown_once(page: Page, form: re.Pattern[str]) -> str:
    """A secret of this form that the dialog shows, which is then closed."""
    found = page.get_by_role("dialog").get_by_text(form).first
    expect(found).to_be_visible()
    text = form.search(found.inner_text())
    assert text is not None
    press(page.get_by_role("dialog"), "I have it")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return text[0]


def make_key(page: Page, name: str, role: str) -> str:
    press(section(page, "Keys"), "New key…")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("radio", name=role).check()
    page.keyboard.press("Enter")
    return shown_once(page, KEY)


def ask(portal: Portal, key: str) -> int:
    """What a program is answered that shows this key."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{portal.client.base_url}/api/tenant/projects", headers=headers, trust_env=False).status_code


def test_a_key_is_made_at_the_page_used_and_revoked(portal: Portal, ada: Visitor) -> None:
    page = ada.open("/settings")
    key = make_key(page, "nightly build", "Viewer")
    assert ask(portal, key) == 200
    row = section(page, "Keys").get_by_role("row").filter(has_text="nightly build")
    expect(row).to_contain_text("Viewer")
    assert key not in page.content(), "it is shown once"
    press(row, "Revoke nightly build")
    press(page.get_by_role("dialog"), "Keep it")
    assert ask(portal, key) == 200
    press(row, "Revoke nightly build")
    press(page.get_by_role("dialog"), "Revoke")
    expect(row).to_have_count(0)
    assert ask(portal, key) == 401
    page.get_by_label("Show 1 revoked").check()
    expect(row).to_contain_text("Revoked")
    expect(page).to_have_url(re.compile(r"/settings\?revoked=true$"))
    page.reload()
    expect(row).to_contain_text("Revoked")


def test_a_form_that_is_incomplete_says_what_is_missing(ada: Visitor) -> None:
    page = ada.open("/settings")
    press(section(page, "Webhooks"), "New webhook…")
    dialog = page.get_by_role("dialog")
    add = dialog.get_by_role("button", name="Add webhook")
    for field, missing in (("Name", "Give it a name first."), ("Address", "Say first where messages go.")):
        reason = dialog.get_by_text(missing, exact=True)
        expect(reason).to_be_in_viewport()
        assert reason.evaluate("line => line.offsetWidth") > 1, "it is there to be read, not for screen readers alone"
        expect(add).to_have_accessible_description(missing)
        page.get_by_role("textbox", name=field).fill("x")
        expect(reason).to_have_count(0)
    expect(add).not_to_have_attribute("aria-disabled", "true")


def test_an_escape_does_not_lose_a_secret(ada: Visitor) -> None:
    page = ada.open("/settings")
    press(section(page, "Keys"), "New key…")
    page.get_by_role("textbox", name="Name").fill("ci")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text(KEY).first).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.click(5, 500)
    assert KEY.match(shown_once(page, KEY))


def test_a_colleague_is_invited_seen_and_logged_out(portal: Portal, ada: Visitor, visit: Visit) -> None:
    page = ada.open("/settings")
    press(section(page, "People"), "Invite somebody…")
    page.get_by_role("textbox", name="Name").fill("Ben")
    page.get_by_role("radio", name="Viewer").check()
    page.keyboard.press("Enter")
    link = shown_once(page, LINK)
    ben = visit(portal, "Ben", enter=False)
    theirs = ben.log_in(link)
    expect(theirs.get_by_text("live")).to_be_visible()
    page.reload()
    row = section(page, "People").get_by_role("listitem").filter(has_text="Ben")
    expect(row).to_contain_text("Viewer")
    press(row, "Log out Ben")
    ben.forgive(": 401$")
    press(page.get_by_role("dialog"), "Log out")
    expect(row).to_have_count(0)
    expect(theirs).to_have_url(re.compile(r"/login\b"))


def test_who_is_no_admin_is_told_whom_to_ask(portal: Portal, visit: Visit) -> None:
    page = visit(portal, "Mia", role="member").open("/settings")
    expect(page.get_by_text("are managed by its admins; your role is member")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_be_visible()
    expect(section(page, "Keys")).to_have_count(0)


def test_the_portals_own_key_says_so_and_cannot_be_revoked_here(shared_portal: Portal, visit: Visit) -> None:
    page = visit(shared_portal, "Olivia", role="operator").open("/settings")
    row = section(page, "Keys").get_by_role("row").filter(has_text="the portal's own")
    expect(row).to_contain_text(re.compile("Revoke it there: addon-portal key revoke key_[0-9a-z]+ --yes"))
    expect(row.get_by_role("button")).to_have_count(0)


@pytest.fixture(scope="module")
def telling_portal(browser: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that may send to this machine."""
    del browser
    root = tmp_path_factory.mktemp("telling") / "portal"
    with Portal(root, template=template, ADDON_PORTAL_NOTIFY_PRIVATE_ADDRESSES="1") as portal:
        yield portal


def add_webhook(page: Page, name: str, url: str) -> str:
    press(section(page, "Webhooks"), "New webhook…")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Address").fill(url)
    press(page.get_by_role("dialog"), "Add webhook")
    return shown_once(page, SECRET)


def test_a_webhook_that_is_added_at_the_page_is_told_with_a_signature(
    telling_portal: Portal, visit: Visit, receiver: Receiver
) -> None:
    page = visit(telling_portal, role="operator").open("/settings")
    first = add_webhook(page, "on call", receiver.url)
    messages = page.get_by_role("region", name="Messages to on call")
    press(page, "Send a test")
    expect(messages).to_contain_text("Arrived")
    assert receiver.received[0].verified(first)["type"] == "test"

    telling_portal.wait_final(telling_portal.run(telling_portal.new_project(["false"])))
    wait_until(lambda: len(receiver.received) == 2, "the message of the failure")
    told = receiver.received[1].verified(first)
    assert (told["type"], told["data"]["exit_code"]) == ("run.failed", 1)
    page.reload()
    expect(messages.get_by_text("Failed")).to_be_visible()
    press(messages, "Show the message Failed")
    expect(messages).to_contain_text("arrived, answered 204")
    press(messages, "Deliver again")
    wait_until(lambda: len(receiver.received) == 3, "the same message again")
    assert receiver.received[2].id == receiver.received[1].id

    press(page, "Replace the secret…")
    press(page.get_by_role("dialog"), "Replace it")
    second = shown_once(page, SECRET)
    press(page, "Send a test")
    wait_until(lambda: len(receiver.received) == 4, "a test with both signatures")
    for secret in (first, second):
        assert receiver.received[3].verified(secret)["type"] == "test"

    press(page, "Turn off")
    expect(page.get_by_text("Off: Disabled by")).to_be_visible()
    expect(page.get_by_role("button", name="Send a test")).to_have_attribute("aria-disabled", "true")
    press(page, "Turn on")
    press(page, "Delete…")
    press(page.get_by_role("dialog"), "Delete")
    expect(page.get_by_text("Nobody is told of anything.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/settings$"))


def test_a_webhook_that_nobody_answers_says_what_went_wrong(telling_portal: Portal, visit: Visit) -> None:
    refusing = Receiver().start()
    refusing.stop()
    page = visit(telling_portal, role="operator").open("/settings")
    add_webhook(page, "nobody", refusing.url)
    messages = page.get_by_role("region", name="Messages to nobody")
    press(page, "Send a test")
    expect(messages).to_contain_text("Did not arrive")
    press(messages, "Show the message Test")
    expect(messages).to_contain_text(re.compile("refused"))


def test_a_webhooks_project_is_found_by_typing_its_name(portal: Portal, ada: Visitor) -> None:
    wanted = portal.new_project(["true"], name="nightly import")
    for number in range(9):  # so many newer ones that only the portal's search finds it
        portal.new_project(["true"], name=f"other {number}")
    page = ada.open("/settings")
    press(section(page, "Webhooks"), "New webhook…")
    page.get_by_role("textbox", name="Name").fill("on call")
    page.get_by_role("textbox", name="Address").fill("https://hooks.example.com/portal")
    field = page.get_by_role("combobox", name="Project")
    expect(field).to_have_value("Every project of the tenant")
    field.click()
    expect(page.get_by_role("option").first).to_have_text("Every project of the tenant")
    expect(page.get_by_role("option")).to_have_count(9)
    expect(page.get_by_text("And more: go on typing.")).to_be_visible()
    assert_fine(page, "the projects of a webhook")
    page.keyboard.type("nothing such")
    expect(page.get_by_text("No project is called so.")).to_be_visible()
    page.keyboard.press("Enter")  # chooses nothing and sends nothing
    field.fill("nightly")
    expect(page.get_by_role("option", name="nightly import")).to_have_attribute("data-highlighted", "")
    page.keyboard.press("Enter")
    expect(field).to_have_value("nightly import")
    field.fill("")
    page.keyboard.press("Escape")  # only the list closes, and what was chosen is back
    expect(field).to_have_value("nightly import")
    press(page.get_by_role("dialog"), "Add webhook")
    shown_once(page, SECRET)
    (made,) = portal.get("/api/tenant/webhooks")["items"]
    assert made["project_id"] == wanted

    press(page, "Edit…")
    expect(field).to_have_value("nightly import")
    field.click()
    page.get_by_role("option", name="Every project of the tenant").click()
    press(page.get_by_role("dialog"), "Save")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert portal.get("/api/tenant/webhooks")["items"][0]["project_id"] is None
    press(page, "Edit…")
    field.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_address_that_is_none_is_refused_where_it_was_entered(ada: Visitor) -> None:
    page = ada.open("/settings")
    press(section(page, "Webhooks"), "New webhook…")
    page.get_by_role("textbox", name="Name").fill("on call")
    page.get_by_role("textbox", name="Address").fill("somewhere")
    ada.forgive("^POST /api/tenant/webhooks: 422$")
    press(page.get_by_role("dialog"), "Add webhook")
    address = page.get_by_role("textbox", name="Address")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description(re.compile("^Expected .+, got another text"))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(address).to_have_value("somewhere")
    address.fill("http://127.0.0.1:8080/hook")
    press(page.get_by_role("dialog"), "Add webhook")
    expect(address).to_have_accessible_description(re.compile("got 127.0.0.1, which is not public"))


def assert_fine(page: Page, what: str) -> None:
    """No fault that axe finds in either theme, and nothing cut off on the smallest screen."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert find_faults(page) == [], f"{what}, {theme}"
    page.set_viewport_size(NARROW)
    assert not page.evaluate(IS_WIDER), f"{what} is wider than the screen"
    page.set_viewport_size(WIDE)


def test_all_that_opens_in_the_settings_has_no_fault_and_fits(
    telling_portal: Portal, visit: Visit, receiver: Receiver
) -> None:
    page = visit(telling_portal, role="operator").open("/settings")
    press(section(page, "Keys"), "New key…")
    assert_fine(page, "the form of a key")
    page.get_by_role("textbox", name="Name").fill("a name that is as long as names of keys may well become in time")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text(KEY).first).to_be_visible()
    assert_fine(page, "a key")
    shown_once(page, KEY)
    press(section(page, "Webhooks"), "New webhook…")
    assert_fine(page, "the form of a webhook")
    page.keyboard.press("Escape")
    add_webhook(page, "on call", receiver.url)
    press(page, "Send a test")
    press(page.get_by_role("region", name="Messages to on call"), "Show the message Test")
    expect(page.get_by_role("button", name="Deliver again")).to_be_visible()
    assert_fine(page, "a webhook with a message")
    press(page, "Delete…")
    assert_fine(page, "a question")
