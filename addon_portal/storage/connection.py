"""One open transaction on either database, and the parts of a database that differ.

Statements are plain SQL that both databases understand, with named parameters (`:run_id`) and, for lists,
`IN (:ids...)`; each is rendered once for the driver and then kept. Promises that every error of a driver leaves as
an error of `domain.errors` or `storage.errors`. Leaves what the statements mean to the repositories.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Parameters = Mapping[str, object]
Row = tuple[Any, ...]

LIST = re.compile(r"IN \(:(\w+)\.\.\.\)")
NAME = re.compile(r"(?<![\w:]):(\w+)")

NOTHING: Parameters = {}


def quoted(words: Iterable[str]) -> str:
    """A list for SQL's IN, sorted, of words that need no escaping."""
    return ", ".join(f"'{word}'" for word in sorted(words))


class Connection(Protocol):
    """An open transaction. Rows are tuples in the order of the statement's columns."""

    def all(self, sql: str, parameters: Parameters = NOTHING) -> list[Row]:
        """Every row of the statement."""
        ...

    def one(self, sql: str, parameters: Parameters = NOTHING) -> Row | None:
        """The first row, or None."""
        ...

    def change(self, sql: str, parameters: Parameters = NOTHING) -> int:
        """Execute a statement that returns no rows; how many rows it changed."""
        ...

    def change_many(self, sql: str, parameters: Sequence[Parameters]) -> None:
        """Execute one statement for each set of parameters."""
        ...


class Database(Protocol):
    """A database server or file, and how its transactions begin and end."""

    dialect: str
    address: str
    """Where it is: a path, or the URL of a server."""

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        ...

    def glance(self) -> AbstractContextManager[Connection]:
        """As `read`, where each statement may see a newer state than the one before."""
        ...

    def write(self, before_synced: Callable[[], None] | None = None) -> AbstractContextManager[Connection]:
        """A transaction that may change rows, and is on disk at its end.

        Raises StorageBusy when its turn does not come in time. Where others may see a change before it is on disk,
        `before_synced` is called as soon as they do; it must not raise.
        """
        ...

    def skip_journal_numbers(self, connection: Connection) -> None:
        """Give no number to a journal entry that one may have had which a power cut took back after it was seen."""
        ...

    def take_turn(self, connection: Connection, *, journals: bool, channels: Sequence[str]) -> None:
        """Prepare for the end of the transaction, where the database itself plays a part in it.

        With `journals`, sequence numbers taken from now on become visible in their order; listeners of the channels
        hear of the transaction if and when it commits.
        """
        ...

    def lock_project(self, connection: Connection, tenant_id: str, project_id: str) -> None:
        """Let no other transaction add a run to the project before this one ends."""
        ...

    def has_tables(self) -> bool:
        """Whether `alembic_version` exists; False too where there is no database yet."""
        ...

    def create(self) -> None:
        """Make an empty database where that is ours to do."""
        ...

    def close(self) -> None:
        """Close every connection that is not in use."""
        ...
