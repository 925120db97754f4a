"""A Chromium for all tests in a browser, people at it, and portals.

Most tests share one portal and have a tenant of their own in it; those that break a portal start one for themselves.
Playwright drives its own event loop in this thread while the package lasts; nothing else here may run one.
"""

import itertools
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.portal import Portal
from tests.support.visitor import Visitor, chromium

Visit = Callable[..., Visitor]

_FAILED = pytest.StashKey[bool]()
_numbers = itertools.count(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test has failed, for what is kept of its browsers."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them are slow."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium; each visitor has a fresh profile in it."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def template(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a portal that was started once, to make others of."""
    with Portal(tmp_path_factory.mktemp("template") / "portal") as portal:
        return portal.data.root


@pytest.fixture(scope="package")
def shared_portal(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal that most tests share; take `portal`, which gives each a tenant of its own."""
    with Portal(tmp_path_factory.mktemp("shared") / "portal", template=template) as portal:
        yield portal


@pytest.fixture
def portal(shared_portal: Portal) -> Iterator[Portal]:
    """The shared portal, asked as an admin of a tenant without projects that this test has to itself."""
    headers = shared_portal.client.headers
    operator = headers["Authorization"]
    tenant = f"tenant {next(_numbers)}"
    assert shared_portal.ask("POST", "/api/admin/tenants", {"name": tenant}).status_code == 201
    made = shared_portal.ask("POST", "/api/admin/keys", {"tenant": tenant, "name": "test", "role": "admin"})
    headers["Authorization"] = f"Bearer {made.json()['api_key']}"
    yield shared_portal
    headers["Authorization"] = operator


@pytest.fixture
def own_portal(template: Path, tmp_path: Path) -> Iterator[Portal]:
    """A portal of this test alone, to be broken."""
    with Portal(tmp_path / "portal", template=template) as portal:
        yield portal


def link_for(portal: Portal, name: str = "Ada", role: str = "admin") -> str:
    """A log-in link into the tenant that the portal's client works in, made as people make one."""
    tenant = portal.get("/api/session")["tenant"]["id"]
    made = portal.command("login-link", "--tenant", tenant, "--name", name, "--role", role)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Brings people to a portal: `visit(portal, "Ben")`, let in by a link of theirs unless `enter=False`.

    Where all that is known of a portal is its address, nobody is let in.

    The test fails where one of their browsers has complained of anything that was not forgiven. Screens and traces of
    a failed test are in its `tmp_path`; `playwright show-trace` opens the latter.
    """
    visitors: list[Visitor] = []

    def bring(
        portal: Portal | str, name: str = "Ada", *, role: str = "admin", enter: bool = True, **options: Any
    ) -> Visitor:
        address = portal if isinstance(portal, str) else str(portal.client.base_url).rstrip("/")
        visitor = Visitor(browser, address, tmp_path / f"browser-{len(visitors)}-{name}", **options)
        visitors.append(visitor)
        if enter and not isinstance(portal, str):
            visitor.enter(link_for(portal, name, role))
        return visitor

    yield bring
    complaints = [said for visitor in visitors for said in visitor.unforgiven()]
    for visitor in visitors:
        visitor.leave(has_failed=bool(complaints) or request.node.stash.get(_FAILED, False))
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def ada(visit: Visit, portal: Portal) -> Visitor:
    """One person, logged in at the portal, with nothing opened yet."""
    return visit(portal)
