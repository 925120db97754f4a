"""Whether the tables are those that this version works with, and making them so.

Checking reads two rows and loads neither SQLAlchemy nor Alembic, so that a supervisor is back at work at once;
both are loaded only when there is something to upgrade.
"""

from pathlib import Path

from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import new_installation_id
from addon_portal.storage.connection import Connection, Database
from addon_portal.storage.errors import NotADatabase, SchemaTooNew, SchemaTooOld, StorageUnavailable
from addon_portal.storage.rows import to_micros

REVISIONS = tuple(f"{number:04}" for number in range(1, 18))
"""Every migration there is, oldest first; the last is the one that this version works with."""


def check(database: Database) -> None:
    """Return when the tables are up to date and can be written; raise what is in the way."""
    _refuse_special(database)
    refuse_missing(database)
    revision = _revision(database)
    if revision is None:
        raise SchemaTooOld("The database has no tables yet. Run `addon-portal db upgrade`.")
    _refuse_newer(revision)
    if revision != REVISIONS[-1]:
        raise SchemaTooOld(
            f"The database is at version {revision}, this program works with {REVISIONS[-1]}. "
            "Stop every process of the portal, make a backup, then run `addon-portal db upgrade`."
        )
    with database.write() as connection:
        # Changes nothing, and is refused where nothing may be changed.
        connection.change("UPDATE installation SET id = id WHERE one = 0")


def upgrade(database: Database, clock: Clock) -> None:
    """Run the migrations that are missing, and give a new database its identifier."""
    _refuse_foreign(database)
    database.create()
    revision = _revision(database)
    if revision is not None:
        _refuse_newer(revision)
    if revision != REVISIONS[-1]:
        from addon_portal.storage.migrations.runner import run_migrations

        run_migrations(database.dialect, database.address)
    with database.write() as connection:
        _name_installation(connection, clock)


def _revision(database: Database) -> str | None:
    if not database.has_tables():
        return None
    with database.read() as connection:
        row = connection.one("SELECT version_num FROM alembic_version")
    return None if row is None else str(row[0])


def _refuse_special(database: Database) -> None:
    """Devices and directories take what is written to them, or cannot be opened, in ways of their own."""
    path = Path(database.address)
    if database.dialect == "sqlite" and path.exists() and not path.is_file():
        raise NotADatabase(f"{path} is not an SQLite database (it is no regular file). Name another one.")


def refuse_missing(database: Database) -> None:
    """A file that is not there may only be not mounted: nobody is to be told to make another in its place."""
    if database.dialect == "sqlite" and not Path(database.address).exists():
        raise StorageUnavailable(
            f"There is no database at {database.address}. Is its file system mounted? Put it back where it was; "
            "for a new portal `addon-portal up` or `addon-portal db upgrade` makes one."
        )


def _refuse_foreign(database: Database) -> None:
    """Leave the SQLite file of another program as it is; one without any table is taken for a new one."""
    _refuse_special(database)
    if database.dialect != "sqlite" or not Path(database.address).exists() or database.has_tables():
        return
    with database.read() as connection:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
        found = connection.one(tables)
    if found is not None:
        raise NotADatabase(
            f"{database.address} is not a database of the portal (it holds the table {str(found[0])!r} of another "
            "program). Name another one with --data or --database-url."
        )


def _refuse_newer(revision: str) -> None:
    if revision not in REVISIONS:
        raise SchemaTooNew(
            f"The database is at version {revision}, which this program does not know (only up to {REVISIONS[-1]}): "
            "a newer program has used it. Install that version again, or restore a backup from before."
        )


def _name_installation(connection: Connection, clock: Clock) -> None:
    now = clock.now()
    connection.change(
        "INSERT INTO installation (one, id, created_at) VALUES (1, :id, :created_at) ON CONFLICT DO NOTHING",
        {"id": new_installation_id(now), "created_at": to_micros(now)},
    )
