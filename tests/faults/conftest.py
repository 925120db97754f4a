"""Portals for the fault tests: one of a test's own, and pools of portals that tests take turns on."""

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.matrix import POINTS
from tests.support.portal import Portal

PORTALS = 7
"""How many cases of the matrix are played at once: most of the time of a case is waiting."""
_STARTS = 2
"""How many of them are started at once, which is work and not waiting."""

RACE_POINTS = (
    *POINTS,
    *("supervisor.looked", "supervisor.asked", "keeper.peeked", "keeper.recorded"),
    *("shim.before_identity", "shim.gate_open", "shim.before_report"),
)


class Pool:
    """Portals that wait for a test, opened when they are first needed; one on which a test failed is not used again."""

    def __init__(self, root: Path, size: int, points: tuple[str, ...]) -> None:
        self._root = root
        self._points = points
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
        return Portal(root, points=self._points, ADDON_PORTAL_MAX_CONCURRENT_RUNS="1").__enter__()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The portals of the matrix."""
    pool = Pool(tmp_path_factory.mktemp("pool"), PORTALS, POINTS)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def races(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """One portal after the other, with more fault points."""
    pool = Pool(tmp_path_factory.mktemp("races"), 1, RACE_POINTS)
    yield pool
    pool.close()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal of this test alone, without fault points."""
    with Portal(tmp_path / "portal") as portal:
        yield portal
