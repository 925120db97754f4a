"""Every page as people meet it, light and dark, wide and narrow: without a fault that axe finds, nothing cut off.

`make screenshots` is this test too: it keeps a picture of each, in the directory that ADDON_PORTAL_SCREENSHOTS names.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from tests.acceptance.browser.conftest import Visit, link_for
from tests.acceptance.browser.scenery import OFTEN, UNWILLING, Scenery, furnish
from tests.support.kernel import Pinned
from tests.support.portal import Portal
from tests.support.visitor import Visitor
from tests.tidy.sources import ROOT

AXE = ROOT / "addon_portal" / "apps" / "tenant-portal" / "node_modules" / "axe-core" / "axe.min.js"
FIND_FAULTS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}"""
IS_THERE = """() => [...document.querySelectorAll('[aria-label^="Loading"]')].every((place) => {
  const { top, bottom } = place.getBoundingClientRect();
  return bottom < 0 || top > innerHeight;
})"""
"""What is further down the page is loaded when somebody comes there."""
IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 780}
"""The smallest screen that the pages promise to work on."""
FORMS = {"": WIDE, "-narrow": NARROW}


@dataclass(frozen=True)
class Scene:
    """A page in a state that is worth a look."""

    path: str
    """With `{run:NAME}` and `{project:NAME}` for the ids of the scenery."""
    heading: str
    act: Callable[[Page], object] = lambda _: None
    """What is to be done there first."""


def opens(key: str) -> Callable[[Page], None]:
    """What a key opens."""

    def press(page: Page) -> None:
        page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()

    return press


def ask_for_many(page: Page) -> None:
    """Select two failed runs, and ask for their restart."""
    for name in ("orders", "model"):
        page.get_by_role("checkbox", name=f"Select {name} #1").click()
    page.get_by_role("button", name="Restart 2 runs").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def go_down(page: Page) -> None:
    """To the end of the page, by its key; what is there is loaded now. While a page is short it has no end to go to."""
    while not page.evaluate("scrollY > 0"):
        page.keyboard.press("End")
        page.wait_for_timeout(50)


SCENES = {
    "status": Scene("/status", "Status"),
    "status-below": Scene("/status", "Status", go_down),
    "projects": Scene("/projects", "Projects"),
    "project-failed": Scene("/projects/{project:orders}", "orders"),
    "project-succeeded": Scene("/projects/{project:site}", "site"),
    "project-history": Scene("/projects/{project:tiles}", "tiles"),
    "project-will-restart": Scene("/projects/{project:upload}", "upload"),
    "project-never-run": Scene("/projects/{project:never-run}", "never-run"),
    "project-below": Scene("/projects/{project:site}", "site", go_down),
    "project-new": Scene("/projects/new", "New project"),
    "project-change": Scene("/projects/{project:upload}/edit", "Settings of upload"),
    "run-failed": Scene("/runs/{run:orders}", "orders #1"),
    "run-failed-below": Scene("/runs/{run:orders}", "orders #1", go_down),
    "run-running": Scene("/runs/{run:primes}", "primes #1"),
    "run-stopping": Scene("/runs/{run:flush}", "flush #1"),
    "run-waiting": Scene("/runs/{run:reindex}", "reindex #1"),
    "run-coloured": Scene("/runs/{run:tiles}", f"tiles #{OFTEN}"),
    "restart": Scene("/runs/{run:orders}", "orders #1", opens("r")),
    "restart-many": Scene("/status", "Status", ask_for_many),
    "palette": Scene("/projects/{project:orders}", "orders", opens("Control+k")),
    "keys": Scene("/status", "Status", opens("?")),
    "settings": Scene("/settings", "Settings"),
    "not-found": Scene("/nowhere", "There is no such page."),
}


@dataclass(frozen=True)
class Place:
    """A portal, what happened there, and what the browser of somebody who is logged in there keeps."""

    portal: Portal
    scenery: Scenery
    state: StorageState


@pytest.fixture(scope="module")
def place(browser: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A portal of this module alone."""
    root = tmp_path_factory.mktemp("every-page")
    with Portal(root / "portal", template=template) as portal:
        scenery = furnish(portal)
        visitor = Visitor(browser, str(portal.client.base_url), root)
        visitor.enter(link_for(portal))
        state = visitor.context.storage_state()
        visitor.leave(has_failed=False)
        yield Place(portal, scenery, state)
        kill_what_will_not_end(portal)


def kill_what_will_not_end(portal: Portal) -> None:
    """The program that is shown while it is being stopped would take its time."""
    for pid, command in portal.processes().items():
        if UNWILLING in command:
            with closing(Pinned(pid)) as program:
                program.kill()


def find_faults(page: Page) -> list[str]:
    """What axe has to say about what is on the screen."""
    if not page.evaluate("'axe' in window"):  # or half a megabyte is compiled anew for each theme and width
        page.evaluate(AXE.read_text(encoding="utf-8"))
    faults: list[str] = page.evaluate(FIND_FAULTS)
    return faults


def take_picture(page: Page, name: str) -> None:
    """Keep what is on the screen, where pictures are wanted."""
    directory = os.environ.get("ADDON_PORTAL_SCREENSHOTS")
    if directory:
        page.screenshot(path=Path(directory) / f"{name}.png", animations="disabled")


def look_over(page: Page, name: str) -> None:
    """Look at what is on the screen in both themes, wide and narrow."""
    for form, theme in itertools.product(FORMS, THEMES):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(FORMS[form])
        page.wait_for_function(IS_THERE)
        take_picture(page, f"{name}-{theme}{form}")
        assert not page.evaluate(IS_WIDER), "something is wider than the screen"
        assert find_faults(page) == [], f"{theme}{form}"


@pytest.mark.parametrize("name", SCENES)
def test_a_page_has_no_fault_and_fits(name: str, place: Place, visit: Visit) -> None:
    scene = SCENES[name]
    visitor = visit(place.portal, enter=False, storage_state=place.state, viewport=WIDE, reduced_motion="reduce")
    page = visitor.open(place.scenery.resolve(scene.path))
    expect(page.get_by_role("heading", name=scene.heading, exact=True)).to_be_visible()
    scene.act(page)
    look_over(page, name)


def test_the_log_in_has_no_fault_and_fits(portal: Portal, visit: Visit) -> None:
    visitor = visit(portal, enter=False, viewport=WIDE, reduced_motion="reduce")
    visitor.forgive("^GET /api/session: 401$")
    page = visitor.open("/login")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    look_over(page, "log-in")


def test_the_first_page_of_a_tenant_without_projects_has_no_fault_and_fits(portal: Portal, visit: Visit) -> None:
    page = visit(portal, viewport=WIDE, reduced_motion="reduce").open("/status")
    expect(page.get_by_role("link", name="Make one here")).to_be_visible()
    look_over(page, "nothing-yet")
