"""Stopping from the page: until a program has ended it counts down to the kill, and it is not ahead of the truth."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from addon_portal.domain.clock import from_text
from tests.support.kernel import processes_with
from tests.support.portal import Portal
from tests.support.visitor import Visitor
from tests.support.waiting import PATIENCE_SECONDS, wait_until

GRACE_SECONDS = 3
# It ignores the polite signal, and so does all that it starts; one child is in a session of its own.
STUBBORN = """
trap '' TERM
sleep 1000 &
setsid sh -c 'trap "" TERM; sleep 1000' &
echo started
: >"$1"
while true; do sleep 1000; done
"""
TELL_HEAD = """() => {
  let last = "";
  const tell = () => {
    const head = document.querySelector("main").innerText;
    const said = head.match(/(Stopping|Stopped by \\S+)[\\s·]*([^\\n]*)/)?.[0] ?? last;
    if (said !== last) window.told(said);
    last = said;
  };
  new MutationObserver(tell).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def start_stubborn(portal: Portal, begun: Path, grace_seconds: float = GRACE_SECONDS) -> tuple[str, str]:
    """Project and run of a program that will not end."""
    project_id = portal.new_project(["sh", "-c", STUBBORN, "sh", str(begun)], stop={"grace_seconds": grace_seconds})
    run_id = portal.run(project_id)
    wait_until(begun.exists, "the program to begin", PATIENCE_SECONDS)
    return project_id, run_id


def stop(page: Page, note: str = "") -> None:
    """Ask, and answer the question."""
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("dialog").get_by_label("Note").fill(note)
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()


def test_a_stubborn_program_is_counted_down_until_its_whole_tree_is_gone(
    portal: Portal, ada: Visitor, tmp_path: Path
) -> None:
    project_id, run_id = start_stubborn(portal, tmp_path / "begun")
    tree = list(processes_with(f"ADDON_PORTAL_RUN_ID={run_id}"))
    assert len(tree) >= 4
    page = ada.open(f"/projects/{project_id}")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    told: list[tuple[str, list[int]]] = []
    cookie = f"ADDON_PORTAL_RUN_ID={run_id}"
    page.expose_function("told", lambda said: told.append((said, list(processes_with(cookie)))))
    page.evaluate(TELL_HEAD)
    stop(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Stopping.*will be killed in \d s"))
    assert page.get_by_role("button", name="Restart", exact=True).count() == 0
    expect(page.get_by_role("main")).to_contain_text("Stopped by Ada")
    heard = [said for said, _ in told]
    assert heard[-1].startswith("Stopped by Ada")
    assert [said for said, alive in told if said.startswith("Stopped") and alive] == [], "ahead of the truth"
    assert all(alive for said, alive in told[:2]), "what ignores the signal lives until it is killed"
    left = [int(number) for said in heard for number in re.findall(r"will be killed in (\d+) s", said)]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) >= 2
    run = portal.get_run(run_id)
    given = from_text(run["stop_deadline_at"]) - from_text(run["stop_requested_at"])
    assert max(left) <= round(given.total_seconds())
    assert (run["state"], run["reason"], run["stop_requested_by"]) == ("cancelled", "stopped_by_person", "person:Ada")
    expect(page.get_by_role("button", name="Restart", exact=True)).to_be_visible()


def test_a_run_that_is_being_stopped_can_be_ended_now(portal: Portal, ada: Visitor, tmp_path: Path) -> None:
    _, run_id = start_stubborn(portal, tmp_path / "begun", 1000)
    cookie = f"ADDON_PORTAL_RUN_ID={run_id}"
    page = ada.open(f"/runs/{run_id}")
    stop(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Stopping.*will be killed in 1[67] min"))
    end = page.get_by_role("main").get_by_role("button", name="End it now")
    end.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("what it has not saved is lost")
    dialog.get_by_role("button", name="Leave it its time").click()
    expect(dialog).to_have_count(0)
    assert len(list(processes_with(cookie))) >= 4, "nothing was asked"
    end.click()
    dialog.get_by_label("Note").fill("it hangs")
    dialog.get_by_role("button", name="End it now").click()
    expect(page.get_by_role("main")).to_contain_text("Stopped by Ada")
    assert list(processes_with(cookie)) == []
    expect(page.get_by_text("Grace time cut short by Ada “it hangs”")).to_be_visible()
    run = portal.get_run(run_id)
    assert (run["state"], run["signal"], run["stop_requested_by"]) == ("cancelled", 9, "person:Ada")
    given = from_text(run["stop_deadline_at"]) - from_text(run["stop_requested_at"])
    assert given.total_seconds() < 1000


def test_a_stop_from_the_status_page_asks_first(portal: Portal, ada: Visitor, tmp_path: Path) -> None:
    _, run_id = start_stubborn(portal, tmp_path / "begun")
    page = ada.open("/status")
    row = page.get_by_role("listitem").filter(has_text="#1")
    row.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Let it run").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert portal.get_run(run_id)["stop_requested_at"] is None
    stop(page, "the input was wrong")
    expect(row).to_contain_text("Stopping")
    expect(row).to_contain_text(re.compile(r"will be killed in \d s|being killed"))
    portal.wait_final(run_id)
    assert list(processes_with(f"ADDON_PORTAL_RUN_ID={run_id}")) == []
    expect(row).to_contain_text("Stopped by Ada")
    page.goto(f"/runs/{run_id}")
    expect(page.get_by_text("Stop asked for by Ada “the input was wrong”")).to_be_visible()
