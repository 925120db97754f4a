"""A person at a real browser: a profile of their own, and a witness of everything that went wrong in it.

Promises that nothing which a browser complains of goes unseen: errors on the console, exceptions, what the
Content-Security-Policy has stopped, answers that refuse, requests without an answer. What a test brings about on
purpose it forgives by name, and only that. Leaves to the tests what to do, and to `portal.py` what to do it with.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    WebError,
    expect,
    sync_playwright,
)

from tests.tidy.sources import ROOT

MISSING = "there is no Chromium that starts (Debian: apt-get install chromium-headless-shell)"
INDEX = ROOT / "addon_portal" / "apps" / "tenant-portal" / "dist" / "index.html"

ZONE = "Europe/Berlin"
"""In which time zone they are."""

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is Chromium without windows. The others make one for every visitor though nobody sees it, with a tool bar
that is a page of its own: three times the work before the portal's page is asked for."""
_PATIENCE_MS = 30_000
"""How long anything on the page may take on a busy machine before a test fails."""
_ARGUMENTS = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--no-first-run",
)
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content-Security-Policy: ${event.effectiveDirective} stopped ${event.blockedURI}`);
});
"""
_OF_A_REQUEST = "Failed to load resource"
"""How the console begins to tell what is seen at the request itself, and better."""
_LEFT = "net::ERR_ABORTED"
"""The page itself has given a request up: it went elsewhere, or what it asked for is not needed any more."""
_NO_OUTPUT = re.compile(r"^GET \S+/log/raw: 416$")
"""How HTTP says that an output is empty. To the page it is an answer like any other."""


@cache
def find_chromium() -> str | None:
    """The Chromium that the tests use. A name alone is none: Ubuntu's may only say where to get the snap."""
    for path in filter(None, map(shutil.which, _NAMES)):
        if subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window. Skips the test where there is none, or fails it where one is demanded."""
    path = find_chromium()
    if path is None and os.environ.get("ADDON_PORTAL_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{MISSING}, and ADDON_PORTAL_REQUIRE_BROWSER=1 forbids to skip", pytrace=False)
    if path is None:
        pytest.skip(MISSING)
    if not INDEX.exists():
        pytest.fail("the page is not built: make ui", pytrace=False)
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Held:
    """Requests of a page that wait until the test lets them go: a slow network, or a bad one.

    To be made before the page is opened: while one loads, requests may still pass by.
    """

    def __init__(self, page: Page, address: str) -> None:
        """`address` as Playwright matches it: `**/api/tenant/projects/*/restart`."""
        self._page = page
        self._routes: list[Route] = []
        page.route(address, lambda route: self._routes.append(route))  # noqa: PLW0108  # it asks for the parameters' names

    def wait_for(self, count: int) -> list[Route]:
        """The requests, as soon as there are so many; more are too many."""
        for _ in range(_PATIENCE_MS // 10):
            if len(self._routes) >= count:
                break
            self._page.wait_for_timeout(10)
        assert len(self._routes) == count, f"expected {count} requests, got {self._routes}"
        return self._routes


class Visitor:
    """One person: one profile, one tab to begin with, and what the browser has complained of so far."""

    def __init__(
        self, browser: Browser, address: str, place: Path, *, is_traced: bool = True, **options: object
    ) -> None:
        """`place` is where a failed test leaves what was on the screen; `options` are those of `new_context`."""
        self.address = address
        self.complaints: list[str] = []
        self._place = place
        self._forgiven = [_NO_OUTPUT]
        given = {"base_url": address, "locale": "en-GB", "timezone_id": ZONE, **options}
        self.context: BrowserContext = browser.new_context(**given)  # type: ignore[arg-type]  # as it is given
        self.context.set_default_timeout(_PATIENCE_MS)
        self.context.add_init_script(_REPORT_VIOLATIONS)
        self.context.on("console", self._note_console)
        self.context.on("weberror", self._note_exception)
        self.context.on("response", self._note_answer)
        self.context.on("requestfailed", self._note_failure)
        self._is_traced = is_traced
        if is_traced:
            self.context.tracing.start(snapshots=True, sources=True)
        self.page: Page = self.context.new_page()

    def open(self, path: str) -> Page:
        """Go to an address of the portal, as if it were typed."""
        self.page.goto(path, wait_until="commit")
        return self.page

    def log_in(self, link: str) -> Page:
        """Open a log-in link, and wait until the status page is there."""
        self.page.goto(link, wait_until="commit")
        expect(self.page.get_by_role("heading", name="Status", exact=True)).to_be_visible()
        return self.page

    def enter(self, link: str) -> None:
        """Use a log-in link without the page, which then has the session when it is first opened. Half the time."""
        token = link.partition("#token=")[2]
        answer = self.context.request.post("/api/session", data={"token": token})
        assert answer.status == 201, answer.text()

    def forgive(self, pattern: str) -> None:
        """Complaints that match are part of what the test does: `POST /api/tenant/x: 409`."""
        self._forgiven.append(re.compile(pattern))

    def unforgiven(self) -> list[str]:
        """What nobody has expected, once all of it has arrived here."""
        for page in self.context.pages:
            with suppress(Error):  # a page that is leaving has told everything
                page.evaluate("new Promise(requestAnimationFrame)")
        return [said for said in self.complaints if not any(each.search(said) for each in self._forgiven)]

    def leave(self, *, has_failed: bool) -> None:
        """Close everything. After a failure the screen and all that happened are kept where the test has its files."""
        try:
            if has_failed:
                self._place.mkdir(parents=True, exist_ok=True)
                for number, page in enumerate(self.context.pages):
                    with suppress(Error):
                        page.screenshot(path=self._place / f"screen-{number}.png", timeout=5_000)
                if self._is_traced:
                    self.context.tracing.stop(path=self._place / "trace.zip")
        finally:
            self.context.close()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_OF_A_REQUEST):
            self.complaints.append(f"console: {message.text}")

    def _note_exception(self, error: WebError) -> None:
        self.complaints.append(f"exception: {error.error.stack or error.error}")

    def _note_answer(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{self._name_of(response.request)}: {response.status}")

    def _note_failure(self, request: Request) -> None:
        if request.failure != _LEFT:
            self.complaints.append(f"{self._name_of(request)}: {request.failure}")

    def _name_of(self, request: Request) -> str:
        return f"{request.method} {request.url.removeprefix(self.address)}"
