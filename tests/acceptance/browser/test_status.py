"""The status page: many runs restarted at once, rows that stay under a pointer, the runs of an hour."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.acceptance.browser.puppets import Puppet
from tests.support.databases import is_being_changed
from tests.support.portal import Portal
from tests.support.visitor import Held, Visitor
from tests.support.waiting import PATIENCE_SECONDS, wait_until

BULK = "**/api/tenant/restarts"


@pytest.fixture
def failed(portal: Portal, tmp_path: Path) -> Iterator[list[Puppet]]:
    """Projects whose only runs have failed, the one that failed last at the end."""
    puppets = [Puppet(portal, tmp_path / f"puppet-{number}") for number in range(4)]
    for puppet in puppets:
        puppet.fail()
    yield puppets
    for puppet in puppets:
        puppet.close()


def names(page: Page) -> list[str]:
    """What needs attention, as it stands from top to bottom."""
    links = page.get_by_role("region", name="Needs attention").get_by_role("listitem").get_by_role("link")
    return [text.split(" #")[0] for text in links.all_inner_texts() if " #" in text]


def restart_in_row(page: Page, puppet: Puppet) -> Locator:
    """The one click."""
    row = page.get_by_role("listitem").filter(has_text=puppet.name)
    return row.get_by_role("button", name="Restart", exact=True)


def check_restarted_once(puppet: Puppet) -> None:
    """One copy more, one run more, linked to the first."""
    puppet.wait_for_copies(2)
    puppet.end(0)
    newest, first = puppet.runs
    puppet.portal.wait_final(newest["run_id"])
    assert newest["restart_of"] == first["run_id"]
    assert len(puppet.copies) == len(puppet.runs) == 2


def check_left_alone(puppet: Puppet) -> None:
    """What was not asked for was not done."""
    assert len(puppet.copies) == len(puppet.runs) == 1


def test_several_that_are_selected_are_restarted_once_each(ada: Visitor, failed: list[Puppet]) -> None:
    *chosen, other = failed
    page = ada.open("/status")
    for puppet in chosen:
        page.get_by_role("checkbox", name=f"Select {puppet.name} #1").check()
    page.get_by_role("region", name="Selection").get_by_role("button", name="Restart 3 runs").click()
    dialog = page.get_by_role("dialog", name="Restart 3 runs")
    expect(dialog).to_contain_text("3 of 3 projects will be restarted.")
    held = Held(page, BULK)
    act = dialog.get_by_role("button", name="Restart 3 runs")
    act.click()
    act.click(force=True)
    page.wait_for_timeout(100)  # what else was sent would have come by now
    held.wait_for(1)[0].continue_()
    expect(dialog.get_by_role("status").first).to_have_text("Done with 3 runs: 3 restarted.")
    for puppet in chosen:
        expect(dialog.get_by_role("listitem").filter(has_text=puppet.name)).to_contain_text("Restarted")
        check_restarted_once(puppet)
        expect(dialog.get_by_role("listitem").filter(has_text=puppet.name)).to_contain_text("Completed")
    check_left_alone(other)


def test_all_that_failed_are_restarted_and_found_again_after_closing(ada: Visitor, failed: list[Puppet]) -> None:
    page = ada.open("/status")
    page.get_by_role("button", name="Restart 4 failed runs").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Restart 4 runs").click()
    expect(dialog).to_contain_text("Done with 4 runs: 4 restarted.")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="What became of each").click()
    expect(page).to_have_url(re.compile(r"/restarts/blk_"))
    for puppet in failed:
        check_restarted_once(puppet)
        expect(page.get_by_role("listitem").filter(has_text=puppet.name)).to_contain_text("as #2")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Done with 4 runs: 4 restarted.")


def test_what_has_changed_meanwhile_is_left_out_with_the_reason(
    ada: Visitor, portal: Portal, failed: list[Puppet]
) -> None:
    """Somebody restarts one of them while the dialog is open: it says so, and makes no second run."""
    taken, *others = failed
    page = ada.open("/status")
    page.get_by_role("checkbox", name="Select all failed runs of the list").check()
    page.get_by_role("region", name="Selection").get_by_role("button", name="Restart 4 runs").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("4 of 4 projects will be restarted.")
    assert portal.ask("POST", f"/api/tenant/projects/{taken.project_id}/restart", {}).status_code == 202
    taken.wait_for_copies(2)
    dialog.get_by_role("button", name="Restart 4 runs").click()
    expect(dialog).to_contain_text("Done with 4 runs: 3 restarted, 1 left out.")
    expect(dialog.get_by_role("listitem").filter(has_text=taken.name)).to_contain_text("Left out")
    for puppet in [taken, *others]:
        check_restarted_once(puppet)


def test_a_lost_answer_is_asked_for_again_and_is_one_bulk_restart(
    ada: Visitor, portal: Portal, failed: list[Puppet]
) -> None:
    page = ada.open("/status")
    page.get_by_role("button", name="Restart 4 failed runs").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("4 of 4 projects will be restarted.")
    ada.forgive("restarts: net::ERR_CONNECTION_RESET$")
    held = Held(page, BULK)
    dialog.get_by_role("button", name="Restart 4 runs").click()
    (first,) = held.wait_for(1)
    assert first.fetch().status == 202, "the portal has received it"
    first.abort("connectionreset")
    first, second = held.wait_for(2)[:2]
    assert first.request.headers["idempotency-key"] == second.request.headers["idempotency-key"]
    second.continue_()
    expect(dialog).to_contain_text("Done with 4 runs: 4 restarted.")
    for puppet in failed:
        check_restarted_once(puppet)
    assert len(portal.get("/api/tenant/restarts")["items"]) == 1


@pytest.mark.faults
def test_one_that_is_aborted_restarts_nothing_more(own_portal: Portal, visit: Visit, tmp_path: Path) -> None:
    """Nobody gives turns while the supervisor is frozen, so that there is all the time to abort."""
    puppets = [Puppet(own_portal, tmp_path / f"puppet-{number}") for number in range(2)]
    for puppet in puppets:
        puppet.fail()
    page = visit(own_portal).open("/status")
    page.get_by_role("button", name="Restart 2 failed runs").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 of 2 projects will be restarted.")
    with ExitStack() as stack:
        for part in ("up", "supervisor"):  # or up would start another one at once
            pinned = own_portal.pin(part)
            stack.callback(pinned.close)
            stack.callback(pinned.thaw)
            pinned.freeze()
            while is_being_changed(own_portal.data.database):  # or nobody could ask for anything
                pinned.thaw()
                pinned.freeze()
        dialog.get_by_role("button", name="Restart 2 runs").click()
        expect(dialog).to_contain_text("Restarting 2 runs: 0 done")
        dialog.get_by_role("button", name="Abort").click()
        expect(dialog).to_contain_text("Aborted after 0 of 2 runs: 0 restarted. By Ada.")
        expect(dialog.get_by_role("listitem").first).to_contain_text("aborted before its turn")
    own_portal.run(own_portal.new_project(["true"]))  # the supervisor works again
    wait_until(lambda: not own_portal.get("/api/tenant/status")["unreachable"], "the supervisor", PATIENCE_SECONDS)
    for puppet in puppets:
        check_left_alone(puppet)
        puppet.close()


def test_rows_do_not_move_under_the_pointer(ada: Visitor, portal: Portal, tmp_path: Path, failed: list[Puppet]) -> None:
    page = ada.open("/status")
    before = [puppet.name for puppet in reversed(failed)]
    expect(page.get_by_role("checkbox", name=f"Select {failed[0].name} #1")).to_be_visible()
    assert names(page) == before
    button = restart_in_row(page, failed[1])
    button.hover()
    place = button.bounding_box()
    later = Puppet(portal, tmp_path / "later")
    later.fail()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert names(page) == before
    assert button.bounding_box() == place
    page.mouse.move(1, 1)
    expect(page.get_by_role("checkbox", name=f"Select {later.name} #1")).to_be_visible()
    assert names(page) == [later.name, *before]
    later.close()


def test_what_came_meanwhile_is_shown_when_it_is_asked_for(
    ada: Visitor, portal: Portal, tmp_path: Path, failed: list[Puppet]
) -> None:
    page = ada.open("/status")
    page.get_by_role("listitem").filter(has_text=failed[1].name).get_by_role(
        "button", name="Restart", exact=True
    ).hover()
    later = Puppet(portal, tmp_path / "later")
    later.fail()
    page.get_by_role("button", name="1 new").click()
    expect(page.get_by_role("checkbox", name=f"Select {later.name} #1")).to_be_visible()
    later.close()


def test_a_row_shows_what_its_program_wrote_last(ada: Visitor, portal: Portal, tmp_path: Path) -> None:
    puppet = Puppet(portal, tmp_path / "puppet")
    puppet.start()
    puppet.say("half of the work is done")
    page = ada.open("/status")
    row = page.get_by_role("region", name="Running now").get_by_role("listitem").filter(has_text=puppet.name)
    expect(row).to_contain_text("half of the work is done")
    puppet.say("nearly all of it")
    expect(row).to_contain_text("nearly all of it")
    puppet.close()


def test_an_hour_lists_what_ended_in_it_and_the_address_keeps_it(
    ada: Visitor, portal: Portal, failed: list[Puppet]
) -> None:
    page = ada.open("/status")
    page.get_by_role("button", name=re.compile(r"^\d\d:00 to \d\d:00: ")).last.click()
    runs = page.get_by_role("region", name="Runs of an hour")
    expect(runs.get_by_role("listitem").first).to_be_visible()
    runs.get_by_role("button", name="Completed").click()
    expect(runs).to_contain_text("No run ended so in this hour.")
    runs.get_by_role("button", name="Failed").click()
    expect(runs.get_by_role("listitem").first).to_contain_text("Failed")
    expect(page).to_have_url(re.compile(r"hour=.*end=failed"))
    page.reload()
    expect(runs.get_by_role("listitem").first).to_contain_text("Failed")
