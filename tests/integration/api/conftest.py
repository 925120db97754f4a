"""The API served on a database of each kind, once per session; every test has a world with tenants of its own."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from addon_portal.config import Settings, load_settings
from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage
from tests.support.databases import PostgresServer
from tests.support.served import Served, serve
from tests.support.world import World


def settings_with_tables(**given: object) -> Settings:
    """Settings of an installation whose database has its tables."""
    settings = load_settings(**given)
    settings.data_dir.mkdir(exist_ok=True)
    with closing(Storage.open(settings.database, clock=SystemClock())) as storage:
        storage.upgrade()
    return settings


@pytest.fixture(scope="session")
def sqlite_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The API on SQLite."""
    with serve(settings_with_tables(data_dir=tmp_path_factory.mktemp("sqlite-data"))) as served:
        yield served


@pytest.fixture(scope="session")
def postgres_served(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Served]:
    """The API on PostgreSQL."""
    name = postgres_server.create_database()
    data = tmp_path_factory.mktemp("postgres-data")
    with serve(settings_with_tables(data_dir=data, database_url=postgres_server.url_of(name))) as served:
        yield served
    postgres_server.drop_database(name)


@pytest.fixture
def world(sqlite_served: Served) -> Iterator[World]:
    """A world on SQLite."""
    with closing(World(sqlite_served)) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world; the test runs once on each kind of database."""
    served = request.getfixturevalue(f"{request.param}_served")
    with closing(World(served)) as made:
        yield made
