"""The migrations make exactly the tables that are described, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage, schema
from addon_portal.storage.migrations.runner import config_for, engine_for
from addon_portal.storage.rows import RUN_FIELDS
from addon_portal.storage.table_parts import is_on_sqlite
from addon_portal.storage.tables import metadata, runs
from tests.support.databases import PostgresServer

DESCRIBED_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    UNION ALL
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    ORDER BY 1, 2, 3
"""


def connect(url: str) -> Iterator[Connection]:
    dialect, address = ("sqlite", url.removeprefix("sqlite:///")) if url.startswith("sqlite") else ("postgresql", url)
    engine = engine_for(dialect, address)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def migrated(storage: Storage, database_url: str) -> Iterator[Connection]:
    """A connection to a database that the migrations have made."""
    storage.upgrade()
    yield from connect(database_url)


@pytest.mark.slow
def test_migrations_and_tables_have_the_same_columns_and_indexes(migrated: Connection) -> None:
    include = is_on_sqlite if migrated.dialect.name == "sqlite" else None
    context = MigrationContext.configure(migrated, opts={"compare_type": True, "include_object": include})
    assert compare_metadata(context, metadata) == []


@pytest.mark.slow
def test_migrations_and_tables_have_the_same_statements_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    storage = Storage.open(sqlite_url, clock=SystemClock())
    storage.upgrade()
    storage.close()
    described = f"sqlite:///{tmp_path / 'described.db'}"
    for connection in connect(described):
        metadata.create_all(connection)

    def statements(url: str) -> dict[str, list[str]]:
        found = {}
        for connection in connect(url):
            rows = connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")).all()
            # The order of constraints differs; what they say may not.
            found = {name: sorted(sql.replace(",", " ").split()) for name, sql in rows}
        found.pop("alembic_version", None)
        return found

    assert statements(sqlite_url) == statements(described)


@pytest.mark.slow
@pytest.mark.postgres
def test_migrations_and_tables_have_the_same_constraints_on_postgresql(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    storage = Storage.open(postgres_url, clock=SystemClock())
    storage.upgrade()
    storage.close()
    name = postgres_server.create_database()
    for connection in connect(postgres_server.url_of(name)):
        metadata.create_all(connection)

    def constraints(url: str) -> list[tuple[str, ...]]:
        with psycopg.connect(url) as connection:
            return connection.execute(DESCRIBED_CONSTRAINTS).fetchall()

    made, described = constraints(postgres_url), constraints(postgres_server.url_of(name))
    postgres_server.drop_database(name)
    assert len(made) > 60
    assert made == described


def test_the_program_knows_every_migration_there_is(sqlite_url: str) -> None:
    for connection in connect(sqlite_url):
        config: Config = config_for(connection)
        scripts = ScriptDirectory.from_config(config)
        assert [script.revision for script in scripts.walk_revisions()][::-1] == list(schema.REVISIONS)


def test_every_field_of_a_run_is_a_column() -> None:
    others = {"previous_state", "amended_at", "finished_hour"}
    columns = [column.name for column in runs.columns]
    assert [name for name in columns if name not in others] == list(RUN_FIELDS[:-1])
