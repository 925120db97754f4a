"""What the descriptions of the tables are made of: one metadata, the kinds of columns, and checks that recur.

Times are microseconds since 1970 UTC, because both databases keep integers exactly. JSON is `json` on PostgreSQL, which
keeps a document as it was written, and text on SQLite.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    text,
)
from sqlalchemy.ext.compiler import compiles

from addon_portal.storage.connection import quoted

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Micros = BigInteger
Number = BigInteger().with_variant(Integer, "sqlite")
Document = JSON().with_variant(Text, "sqlite")
LONGEST_NAME = 500
"""Characters; PostgreSQL cannot index more than 2704 bytes."""


def one_of(column: str, values: Iterable[str], name: str | None = None) -> CheckConstraint:
    """The column holds one of a closed list of words."""
    return CheckConstraint(f"{column} IN ({quoted(values)})", name=name or column)


def short(column: str = "name") -> CheckConstraint:
    """The column holds a text that an index can take."""
    return CheckConstraint(f"length({column}) BETWEEN 1 AND {LONGEST_NAME}", name=f"{column}_length")


def sequence() -> "Column[int]":
    """The order of insertion."""
    return Column("seq", Number, Identity(always=False), primary_key=True)


class Derived(Computed):
    """What the database itself works out of other columns: stored on PostgreSQL, which indexes nothing else; on SQLite,
    which can add nothing else to a table, at each look.
    """

    inherit_cache = True

    def __init__(self, expression: str) -> None:
        super().__init__(expression, persisted=True)


@compiles(Derived, "sqlite")
def _derived_on_sqlite(derived: Derived, *_: object, **__: object) -> str:
    return f"GENERATED ALWAYS AS ({derived.sqltext}) VIRTUAL"


def index_on_postgresql(name: str, *columns: str, where: str) -> Index:
    """An index that SQLite is spared, since it would gain nothing by it."""
    index = Index(name, *columns, postgresql_where=text(where), info={"dialect": "postgresql"})
    return index.ddl_if(dialect="postgresql")


def is_on_sqlite(described: Any, _name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    """For Alembic to compare by, which does not ask what `ddl_if` says (its `include_object`)."""
    return described.info.get("dialect") is None
