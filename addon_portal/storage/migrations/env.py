"""What Alembic executes: migrations run over the connection they are given, in its transaction.

Whoever calls Alembic gives one: `runner` to upgrade, `scripts/migration.py` (`make migration`) to compare the tables
with a database that all migrations so far have made.
"""

from alembic import context
from sqlalchemy import Connection

from addon_portal.storage.table_parts import is_on_sqlite
from addon_portal.storage.tables import metadata


def run(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite has no identity columns, which would be taken for a difference of defaults.
        compare_server_default=not is_sqlite,
        include_object=is_on_sqlite if is_sqlite else None,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
