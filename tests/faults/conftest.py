"""Portals for the fault tests: one of a test's own, and pools of portals that tests take turns on.

Every test is done once for each way to know processes, all of them for one way before all for the next; of the matrix
the second way plays only what depends on it.
"""

import contextlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from addon_portal.executors.processes.selection import Chosen
from tests.faults.matrix import POINTS, depends_on_identity
from tests.support.identities import IDENTITIES
from tests.support.portal import Portal

PORTALS = 7
"""How many cases of the matrix are played at once: most of the time of a case is waiting."""
_STARTS = 2
"""How many of them are started at once, which is work and not waiting."""

RACE_POINTS = (
    *POINTS,
    *("supervisor.looked", "supervisor.asked", "supervisor.read_once", "supervisor.found_alive"),
    *("keeper.peeked", "keeper.recorded"),
    *("shim.before_identity", "shim.gate_open", "shim.before_report"),
)

PortalWith = Callable[..., Portal]


class Pool:
    """Portals that wait for a test, opened when they are first needed; one on which a test failed is not used again."""

    def __init__(self, root: Path, template: Path, size: int, points: tuple[str, ...], identity: Chosen) -> None:
        self._root = root
        self._template = template
        self._points = points
        self._identity = identity
        self._numbers = itertools.count(1)
        self._starting = threading.Semaphore(_STARTS)
        self._idle: queue.SimpleQueue[Portal | None] = queue.SimpleQueue()
        self._size = size
        for _ in range(size):
            self._idle.put(None)

    @contextlib.contextmanager
    def portal(self) -> Iterator[Portal]:
        """A portal of one's own, as soon as one is free."""
        portal = self._idle.get()
        try:
            if portal is None:
                with self._starting:
                    portal = self._open()
            yield portal
        except BaseException:
            if portal is not None:
                portal.discard()
            portal = None
            raise
        finally:
            self._idle.put(portal)

    def close(self) -> None:
        """End all portals; they must leave nothing behind."""
        portals = [portal for _ in range(self._size) if (portal := self._idle.get()) is not None]
        with contextlib.ExitStack() as stack:
            for portal in portals:
                stack.push(portal)

    def _open(self) -> Portal:
        root = self._root / f"portal-{next(self._numbers)}"
        settings = {"ADDON_PORTAL_MAX_CONCURRENT_RUNS": "1"}
        portal = Portal(root, template=self._template, points=self._points, identity=self._identity, **settings)
        return portal.__enter__()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the sets of victims that a second way to know processes cannot tell anything new about."""
    superfluous = [item for item in items if _is_superfluous(getattr(item, "callspec", None))]
    if superfluous:
        config.hook.pytest_deselected(items=superfluous)
        items[:] = [item for item in items if item not in superfluous]


def _is_superfluous(callspec: Any) -> bool:
    asked = callspec.params if callspec else {}
    return asked.get("identity") not in {None, IDENTITIES[0]} and not depends_on_identity(asked.get("victims", ()))


@pytest.fixture(scope="session", params=IDENTITIES)
def identity(request: pytest.FixtureRequest) -> Chosen:
    """How the supervisors of this test know processes."""
    chosen: Chosen = request.param
    return chosen


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a portal that was started once, to make others of."""
    with Portal(tmp_path_factory.mktemp("template") / "portal") as portal:
        return portal.data.root


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, template: Path, identity: Chosen) -> Iterator[Pool]:
    """The portals of the matrix."""
    pool = Pool(tmp_path_factory.mktemp("pool"), template, PORTALS, POINTS, identity)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def races(tmp_path_factory: pytest.TempPathFactory, template: Path, identity: Chosen) -> Iterator[Pool]:
    """One portal after the other, with more fault points."""
    pool = Pool(tmp_path_factory.mktemp("races"), template, 1, RACE_POINTS, identity)
    yield pool
    pool.close()


@pytest.fixture
def portal_with(tmp_path: Path, template: Path, identity: Chosen) -> PortalWith:
    """Makes a portal of this test alone with settings (environment variables of `up`), without fault points."""
    return lambda **settings: Portal(tmp_path / "portal", template=template, identity=identity, **settings)


@pytest.fixture
def portal(portal_with: PortalWith) -> Iterator[Portal]:
    """A portal of this test alone."""
    with portal_with() as portal:
        yield portal
