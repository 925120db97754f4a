"""A world on either database, a receiver, and the sender as a process of its own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.notifications.told_world import ToldWorld
from tests.support.notifier import Notifier
from tests.support.receiver import Receiver
from tests.support.tables import open_with_tables


def _world(url: str) -> Iterator[ToldWorld]:
    with closing(open_with_tables(url)) as storage:
        yield ToldWorld(storage)


@pytest.fixture
def told(sqlite_url: str) -> Iterator[ToldWorld]:
    """A world on SQLite."""
    yield from _world(sqlite_url)


@pytest.fixture
def notifier(told: ToldWorld, sqlite_url: str, tmp_path: Path) -> Iterator[Notifier]:
    """The sender of that world; not started."""
    made = Notifier(tmp_path, sqlite_url, told.world.host.id)
    yield made
    made.end()


@pytest.fixture
def any_told(database_url: str) -> Iterator[ToldWorld]:
    """A world; the test runs once on each kind of database."""
    yield from _world(database_url)


@pytest.fixture
def any_notifier(any_told: ToldWorld, database_url: str, tmp_path: Path) -> Iterator[Notifier]:
    """The sender of that world; not started."""
    made = Notifier(tmp_path, database_url, any_told.world.host.id)
    yield made
    made.end()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    made = Receiver().start()
    yield made
    made.stop()
