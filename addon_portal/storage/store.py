"""The door to the storage: opens a database, hands out transactions, knows the state of its tables.

Works at no import and connects to nothing before it is asked to. Safe to use from several threads; open it after
a fork, not before.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from addon_portal.domain.clock import Clock
from addon_portal.storage import errors, schema
from addon_portal.storage.connection import Database
from addon_portal.storage.unit_of_work import UnitOfWork
from addon_portal.storage.wakeups import API, Listener, Wakeups


class Storage:
    """One database and the wake-ups that go with it."""

    def __init__(self, database: Database, wakeups: Wakeups, clock: Clock) -> None:
        self._database = database
        self._wakeups = wakeups
        self._clock = clock

    @classmethod
    def open(
        cls, url: str, *, clock: Clock, busy_timeout_seconds: float = 5.0, patience_seconds: float | None = None
    ) -> "Storage":
        """Make a storage for `sqlite:///relative`, `sqlite:////absolute` or `postgresql://…`.

        Percent escapes in a path are decoded.

        `busy_timeout_seconds` is how long anybody waits for a turn before StorageBusy. `patience_seconds` is how long
        a server may leave anything unanswered before StorageUnavailable (default: the busy time-out; at least 1, for
        connecting at least 2); a file has no such limit. Raises ValueError for another kind of URL.
        """
        if url.startswith("sqlite:///") and url not in {"sqlite:///", "sqlite:///:memory:"}:
            from addon_portal.storage.sqlite import SqliteDatabase
            from addon_portal.storage.wakeups_local import LocalWakeups

            path = Path(unquote(url.removeprefix("sqlite:///")))
            file = SqliteDatabase(path, clock=clock, busy_timeout_seconds=busy_timeout_seconds)
            return cls(file, LocalWakeups(path.absolute().parent / "wake", clock), clock)
        if url.startswith("postgresql://"):
            from addon_portal.storage.postgres import PostgresDatabase
            from addon_portal.storage.wakeups_postgres import PostgresWakeups

            server = PostgresDatabase(
                url,
                clock=clock,
                busy_timeout_seconds=busy_timeout_seconds,
                patience_seconds=busy_timeout_seconds if patience_seconds is None else patience_seconds,
            )
            return cls(server, PostgresWakeups(server), clock)
        scheme = url.partition(":")[0]  # what follows may hold a password
        raise ValueError(
            "expected a database URL like sqlite:////var/lib/portal/portal.db or postgresql://host/name, "
            f"got one that begins with {scheme!r}"
        )

    def check_there(self) -> None:
        """Return where the database can be opened, or where only a server would know. Raises StorageUnavailable."""
        schema.refuse_missing(self._database)

    def is_new(self) -> bool:
        """Whether there are no tables yet. Raises StorageError where that cannot be told."""
        return not self._database.has_tables()

    def upgrade(self) -> None:
        """Bring the tables to this version's, making them where there are none. Raises the errors of `check_schema`."""
        schema.upgrade(self._database, self._clock)

    def check_schema(self) -> None:
        """Return when the tables are this version's and can be written.

        Raises SchemaTooOld, SchemaTooNew, NotADatabase, ReadOnlyDatabase, StorageUnavailable or StorageBusy.
        """
        schema.check(self._database)

    @property
    def installation_id(self) -> str:
        """The identifier that the first upgrade gave to this database. Raises SchemaTooOld before it."""
        with self._database.read() as connection:
            row = connection.one("SELECT id FROM installation")
        if row is None:
            raise errors.SchemaTooOld("The database has no installation yet. Run `addon-portal db upgrade`.")
        return str(row[0])

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A short transaction that sees one state of the database."""
        with self._database.read() as connection:
            yield UnitOfWork(connection, self._database, self._clock)

    @contextmanager
    def glance(self) -> Iterator[UnitOfWork]:
        """As `read`, for a single statement, or for several that may each see a newer state than the one before."""
        with self._database.glance() as connection:
            yield UnitOfWork(connection, self._database, self._clock)

    @contextmanager
    def write(self, *, wakes_early: bool = False) -> Iterator[UnitOfWork]:
        """A short transaction that changes rows: committed at the end, rolled back by any exception.

        On return it is on disk. With `wakes_early` a supervisor hears of it before: of new runs, since what it does
        for them begins with a commit of its own, which has this one on disk too. Everybody else hears after.

        Raises StorageBusy when its turn does not come in time; then nothing has happened.
        """
        early: set[str] = set()

        def wake_supervisors() -> None:
            early.update(channel for channel in uow.channels if channel != API)
            self._notify(early)

        with self._database.write(wake_supervisors if wakes_early else None) as connection:
            uow = UnitOfWork(connection, self._database, self._clock)
            yield uow
            assert not (wakes_early and uow.journal.has_ends), "an end is on disk before anybody can read it"
            uow.finish()
        self._notify(channel for channel in uow.channels if channel not in early)

    def _notify(self, channels: Iterable[str]) -> None:
        """Wake listeners, where the database does not do that itself."""
        if self._database.dialect == "sqlite":
            for channel in channels:
                self._wakeups.notify(channel)

    def notify(self, channel: str) -> None:
        """Wake whoever listens on the channel, without a transaction."""
        self._wakeups.notify(channel)

    def listen(self, channel: str) -> Listener:
        """Listen on a channel: `wakeups.API` or `wakeups.supervisor(host_id)`."""
        return self._wakeups.listen(channel)

    def close(self) -> None:
        """Close what is idle; transactions that are open end first. Listeners are closed by themselves."""
        self._database.close()
        self._wakeups.close()
