"""Hosts for tests of the supervisor."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost


@pytest.fixture
def idle_host(tmp_path: Path) -> Iterator[SupervisedHost]:
    """A host on SQLite; nothing is started yet."""
    with SupervisedHost(tmp_path / "data") as host:
        yield host


@pytest.fixture
def host(idle_host: SupervisedHost) -> SupervisedHost:
    """A host on SQLite with a keeper and a supervisor."""
    return idle_host.start()


@pytest.fixture
def host_on_either(tmp_path: Path, database_url: str) -> Iterator[SupervisedHost]:
    """A host with a keeper and a supervisor; the test runs once on each kind of database."""
    with SupervisedHost(tmp_path / "data", database_url) as host:
        yield host.start()


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes desks; `url` names another database than an SQLite file."""
    made: list[Desk] = []

    def make(url: str | None = None, **options: Any) -> Desk:
        made.append(Desk(url or f"sqlite:///{tmp_path / 'desk.db'}", tmp_path, **options))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A supervisor on SQLite and a fake host."""
    return make_desk()
