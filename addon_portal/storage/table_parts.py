"""What the descriptions of the tables are made of: one metadata, the kinds of columns, and checks that recur.

Times are microseconds since 1970 UTC, because both databases keep integers exactly. JSON is `json` on PostgreSQL, which
keeps a document as it was written, and text on SQLite.
"""

from collections.abc import Iterable

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Identity, Integer, MetaData, Text

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
