"""The form of a project: made with its code and run, wrong fields, changes of two people, what is not lost."""

import io
import re
import zipfile

from playwright.sync_api import FilePayload, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.support.portal import Portal
from tests.support.visitor import Visitor

PROGRAM = """
import json, os
day = json.loads(os.environ["ADDON_PORTAL_PARAMETERS"])["day"]
print(f"day {day} with {len(os.environ['TOKEN'])} letters")
open("result.csv", "w").write("day\\n")
"""


def archive() -> FilePayload:
    """A zip with the program."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        files.writestr("main.py", PROGRAM)
    return {"name": "code.zip", "mimeType": "application/zip", "buffer": made.getvalue()}


def fold(page: Page, title: str) -> None:
    page.locator("summary").filter(has_text=title).click()


def fill_least(page: Page, name: str, command: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Command", exact=True).fill(command)


def test_a_project_is_made_with_its_code_and_run(portal: Portal, ada: Visitor) -> None:
    page = ada.open("/projects")
    page.get_by_role("link", name="Make one here").click()
    fill_least(page, "uploaded", "python3 main.py 'a b'")
    page.get_by_label("Parameters").fill('{"day": 7}')
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Name of variable 1").fill("TOKEN")
    page.get_by_label("Value of TOKEN").fill("secret")
    page.get_by_role("radio", name="Upload an archive").check()
    page.get_by_label("Archive", exact=True).set_input_files(archive())
    fold(page, "Schedule")
    page.get_by_label("It runs by itself").check()
    page.get_by_label("When", exact=True).fill("30 4 * * *")
    expect(page.locator("time", has_text=re.compile(", 04:30"))).to_have_count(5)
    fold(page, "Limits")
    page.get_by_label("Memory").fill("1.5 GiB")
    fold(page, "Times")
    page.get_by_label("At most", exact=True).fill("1 h 30 min")
    page.get_by_role("button", name="Create and run").click()

    expect(page.get_by_role("heading", name="uploaded #1")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("day 7 with 6 letters")
    expect(page.get_by_role("log")).to_contain_text("Completed")
    (project,) = portal.get("/api/tenant/projects")["items"]
    assert project["command"] == ["python3", "main.py", "a b"]
    assert (project["env"], project["parameters"]) == ({"TOKEN": "secret"}, {"day": 7})
    assert project["limits"]["memory_bytes"] == 3 << 29
    assert project["max_runtime_seconds"] == 5400
    schedule = portal.get(f"/api/tenant/projects/{project['id']}/schedule")
    assert (schedule["cron"], schedule["time_zone"]) == ("30 4 * * *", "Europe/Berlin")

    page.get_by_role("navigation", name="Where this is").get_by_role("link", name="uploaded").click()
    expect(page.get_by_text("TOKEN=")).not_to_contain_text("secret")
    page.get_by_role("button", name="Pause the schedule").click()
    expect(page.get_by_text("Paused by Ada")).to_be_visible()
    page.keyboard.press("End")
    with page.expect_download() as download:
        page.get_by_role("link", name="result.csv").click()
    assert download.value.path().read_text() == "day\n"


def test_what_is_refused_stands_at_its_field_and_nothing_is_made_twice(portal: Portal, ada: Visitor) -> None:
    ada.forgive(r"^POST /api/tenant/projects: (422|409)$")
    ada.forgive(r"^PUT /api/tenant/projects/\S+/files: 422$")
    portal.new_project(["true"], name="taken")
    page = ada.open("/projects/new")
    create = page.get_by_role("button", name="Create", exact=True)
    create.click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_text("A project needs a name.")).to_be_visible()
    fill_least(page, "taken", "python3 main.py")
    fold(page, "Limits")
    page.get_by_label("Memory").fill("2 KiB")
    create.click()
    expect(page.get_by_label("Memory")).to_be_focused()
    expect(page.get_by_label("Memory")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Memory").fill("")
    create.click()
    expect(page.get_by_text("There is already a project named 'taken'.")).to_be_visible()

    page.get_by_label("Name", exact=True).fill("free")
    page.get_by_role("radio", name="Upload an archive").check()
    broken: FilePayload = {"name": "code.zip", "mimeType": "application/zip", "buffer": b"PK no archive"}
    page.get_by_label("Archive", exact=True).set_input_files(broken)
    create.click()
    expect(page.get_by_text("The archive cannot be read", exact=False)).to_be_visible()
    page.get_by_label("Archive", exact=True).set_input_files(archive())
    create.click()
    expect(page.get_by_role("heading", name="free", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    names = [project["name"] for project in portal.get("/api/tenant/projects")["items"]]
    assert names == ["free", "taken"]


def test_what_is_wrong_with_a_schedule_stands_once_at_its_field(ada: Visitor) -> None:
    ada.forgive(r"^GET /api/tenant/timetable\S+: 422$")
    page = ada.open("/projects/new")
    fold(page, "Schedule")
    page.get_by_label("It runs by itself").check()
    when = page.get_by_label("When", exact=True)
    when.fill("0 25 * * *")
    expect(when).to_have_accessible_description("Expected hour 0-23, got 25.")
    expect(when).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Expected hour 0-23")).to_have_count(1)
    when.fill("0 5 * * *")
    expect(page.locator("time", has_text=re.compile(", 05:00"))).to_have_count(5)
    expect(when).not_to_have_attribute("aria-invalid", "true")


def test_what_was_entered_is_not_lost_without_a_question(ada: Visitor) -> None:
    page = ada.open("/projects/new")
    fill_least(page, "half", "true")
    page.get_by_role("link", name="Status").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on editing").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("half")
    page.get_by_role("link", name="Status").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="Status", exact=True)).to_be_visible()


def test_what_somebody_else_has_changed_is_not_overwritten_unseen(portal: Portal, visit: Visit) -> None:
    project_id = portal.new_project(["true"], name="shared")
    ada, bob = visit(portal), visit(portal, "Bob")
    ada.forgive(rf"^PUT /api/tenant/projects/{project_id}: 409$")
    for visitor, command in ((ada, "echo ada"), (bob, "echo bob")):
        visitor.open(f"/projects/{project_id}/edit").get_by_label("Command", exact=True).fill(command)
    bob.page.get_by_role("button", name="Save", exact=True).click()
    expect(bob.page.get_by_role("heading", name="shared", exact=True)).to_be_visible()
    ada.page.get_by_role("button", name="Save", exact=True).click()
    expect(ada.page.get_by_role("alert")).to_contain_text("changed by somebody else meanwhile")
    assert portal.get(f"/api/tenant/projects/{project_id}")["command"] == ["echo", "bob"]
    ada.page.get_by_role("button", name="Save over it").click()
    expect(ada.page.get_by_role("heading", name="shared", exact=True)).to_be_visible()
    assert portal.get(f"/api/tenant/projects/{project_id}")["command"] == ["echo", "ada"]
