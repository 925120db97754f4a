"""What Alembic executes: migrations run over the connection they are given, in its transaction.

`alembic revision --autogenerate` (`make migration`) gives none; then the tables are compared with a new SQLite
database that all migrations so far have made.
"""

import tempfile
from pathlib import Path

from alembic import context
from sqlalchemy import Connection

from addon_portal.storage.migrations.runner import engine_for, run_migrations
from addon_portal.storage.tables import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


def run_against_fresh_database() -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = str(Path(directory) / "portal.db")
        run_migrations("sqlite", file)
        with engine_for("sqlite", file).begin() as connection:
            run(connection)


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    run_against_fresh_database()
else:
    run(given)
