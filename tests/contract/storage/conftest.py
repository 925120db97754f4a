"""A storage with its tables on either database, and a world in it; tables are made once per session and copied."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from addon_portal.storage import Storage
from addon_portal.storage.tables import metadata
from tests.contract.storage.world import SteppedClock, World
from tests.support.databases import PostgresServer
from tests.support.tables import lay_tables


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer) -> str:
    """The address of a PostgreSQL database with tables, which the tests of this worker use one after the other."""
    url = postgres_server.url_of(postgres_server.create_database())
    with closing(Storage.open(url, clock=SteppedClock())) as storage:
        storage.upgrade()
    return url


@pytest.fixture
def sqlite_tables_url(tmp_path: Path) -> str:
    """The address of an SQLite database with tables."""
    path = tmp_path / "portal.db"
    lay_tables(path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_tables_url(postgres_with_tables: str) -> Iterator[str]:
    """The address of a PostgreSQL database with empty tables; emptying is quicker than making a database."""
    yield postgres_with_tables
    names = [table.name for table in metadata.tables.values() if table.name != "installation"]
    with psycopg.connect(postgres_with_tables, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE".encode())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def tables_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with tables; the test runs once on each kind."""
    url = request.getfixturevalue(f"{request.param}_tables_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def clock() -> SteppedClock:
    """The time of the test."""
    return SteppedClock()


@pytest.fixture
def storage(tables_url: str, clock: SteppedClock) -> Iterator[Storage]:
    """A storage with its tables."""
    with closing(Storage.open(tables_url, clock=clock)) as opened:
        yield opened


@pytest.fixture
def world(storage: Storage, clock: SteppedClock) -> World:
    """Two tenants and a host."""
    return World(storage, clock).found()
