"""While the supervisor or the api is away the page says so and since when, and catches up without being loaded anew."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser.conftest import Visit
from tests.acceptance.browser.puppets import Puppet
from tests.support.kernel import Pinned
from tests.support.portal import Json, Portal
from tests.support.visitor import ZONE
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.faults

COLOURS = """(word) => {
  const red = document.body.appendChild(document.createElement("i"));
  red.className = "text-red";
  return [red, word].map((element) => getComputedStyle(element).color);
}"""
AS_OF = re.compile(r"Running as of (\d\d:\d\d:\d\d)")


@pytest.fixture
def puppet(own_portal: Portal, tmp_path: Path) -> Iterator[Puppet]:
    """A program that is told what to do."""
    puppet = Puppet(own_portal, tmp_path / "puppet")
    yield puppet
    puppet.close()


@pytest.fixture
def pins(own_portal: Portal) -> Iterator[dict[str, Pinned]]:
    """The processes of the portal; none is left frozen."""
    with ExitStack() as stack:
        pinned = {part: own_portal.pin(part) for part in ("up", "api", "supervisor", "keeper")}
        for pin in pinned.values():
            stack.callback(pin.close)
            stack.callback(pin.thaw)
        yield pinned


def clock_text(time: str) -> str:
    """As the page writes it."""
    return datetime.fromisoformat(time).astimezone(ZoneInfo(ZONE)).strftime("%H:%M:%S")


def mark(page: Page) -> None:
    """Leave something that is gone as soon as the page is loaded anew."""
    page.evaluate("window.mark = 'the same page'")


def check_same(page: Page) -> None:
    """The page was not loaded anew."""
    assert page.evaluate("window.mark") == "the same page"


def wait_unreachable(portal: Portal, run_id: str) -> Json:
    """The run, as soon as the portal itself says that nobody looks."""
    path = f"/api/tenant/runs/{run_id}"
    return wait_until(
        lambda: (run := portal.get(path))["health"] == "unreachable" and run, "unreachable", PATIENCE_SECONDS
    )


@pytest.mark.parametrize("address", ["/runs/{run_id}", "/projects/{project_id}", "/status"])
def test_without_a_supervisor_it_is_said_as_of_when_and_the_truth_follows(
    own_portal: Portal, visit: Visit, puppet: Puppet, pins: dict[str, Pinned], address: str
) -> None:
    run_id = puppet.start()
    page = visit(own_portal).open(address.format(run_id=run_id, project_id=puppet.project_id))
    main = page.get_by_role("main")
    expect(main.get_by_text("Running", exact=True).first).to_be_visible()
    mark(page)
    pins["up"].freeze()  # or it would start another one at once
    pins["supervisor"].kill()
    puppet.kill()
    expect(main.get_by_text(AS_OF).first).to_be_visible()
    expect(page.get_by_text("Nobody looks after the runs since")).to_be_visible()
    observed = clock_text(wait_unreachable(own_portal, run_id)["observed_at"])
    expect(main.get_by_text(f"Running as of {observed}").first).to_be_visible()
    assert set(AS_OF.findall(main.inner_text())) == {observed}
    expect(page.get_by_text(f"Nobody looks after the runs since {observed}")).to_be_visible()
    pins["up"].thaw()
    expect(main.get_by_text("Failed", exact=True).first).to_be_visible()
    expect(main.get_by_text("SIGKILL").first).to_be_visible()
    expect(page.get_by_text("Nobody looks after the runs")).to_have_count(0)
    assert not AS_OF.search(main.inner_text())
    check_same(page)


def test_without_an_api_it_is_said_since_when_and_everything_is_caught_up(
    own_portal: Portal, visit: Visit, puppet: Puppet, pins: dict[str, Pinned]
) -> None:
    run_id = puppet.start()
    visitor = visit(own_portal)
    page = visitor.open(f"/runs/{run_id}")
    log = page.get_by_role("log")
    puppet.say("before")
    expect(log).to_contain_text("before")
    mark(page)
    visitor.forgive(r"net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)$")
    pins["up"].freeze()
    pins["api"].kill()
    said = page.get_by_text("The portal does not answer. Everything here is as of ")
    expect(said).to_be_visible()
    expect(page.get_by_text("not live since ")).to_be_visible()
    puppet.say("meanwhile")
    expect(log).to_contain_text("before")
    expect(page.get_by_role("main").get_by_text(AS_OF).first).to_be_visible()
    pins["up"].thaw()
    expect(log).to_contain_text("meanwhile")
    expect(said).to_have_count(0)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    puppet.say("afterwards")
    expect(log).to_contain_text("afterwards")
    assert log.inner_text().count("meanwhile") == 1
    puppet.end(0)
    expect(log).to_contain_text("Completed")
    check_same(page)


def test_what_ended_while_the_api_was_away_is_told_when_it_is_back(
    own_portal: Portal, visit: Visit, puppet: Puppet, pins: dict[str, Pinned]
) -> None:
    puppet.start()
    visitor = visit(own_portal)
    page = visitor.open("/status")
    expect(page.get_by_role("main").get_by_text("Running", exact=True).first).to_be_visible()
    mark(page)
    visitor.forgive("net::ERR_")
    visitor.forgive("GET /api/.*: 503$")
    pins["up"].freeze()
    pins["api"].kill()
    expect(page.get_by_text("The portal does not answer")).to_be_visible()
    puppet.end(3)
    pins["up"].thaw()
    attention = page.locator("#attention")
    expect(attention).to_contain_text(puppet.name)
    expect(attention).to_contain_text("exit code 3")
    check_same(page)


def test_an_end_that_nobody_saw_is_neither_red_nor_a_failure(
    own_portal: Portal, visit: Visit, puppet: Puppet, pins: dict[str, Pinned]
) -> None:
    """As after a power cut: everybody who could have seen it is killed with the program."""
    run_id = puppet.start()
    page = visit(own_portal).open(f"/runs/{run_id}")
    main = page.get_by_role("main")
    expect(main.get_by_text("Running", exact=True).first).to_be_visible()
    shim = puppet.pin_shim(run_id)
    pins["up"].freeze()
    for part in ("supervisor", "keeper"):
        pins[part].kill()
    shim.kill()
    shim.close()
    puppet.kill()
    pins["up"].thaw()
    word = main.get_by_text("Ended, outcome unknown").first
    expect(word).to_be_visible()
    assert own_portal.get_run(run_id)["reason"] == "outcome_unknown"
    assert "Failed" not in main.inner_text()
    red, own = word.evaluate(COLOURS)
    assert red != own
