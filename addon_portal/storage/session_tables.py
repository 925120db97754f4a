"""The tables of those who are logged in at the page, and of the links that let people in. Part of `tables.metadata`.

A row of either that is over means nothing any more: rows are removed when others are added.
"""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from addon_portal.domain.models import Role
from addon_portal.storage.table_parts import Micros, metadata, one_of, short

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Micros, nullable=False),
    Column("last_used_at", Micros, nullable=False),
    Column("expires_at", Micros, nullable=False),
    one_of("role", Role),
    short(),
    Index(None, "tenant_id"),
)

login_links = Table(
    "login_links",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("expires_at", Micros, nullable=False),
    Column("used_at", Micros),
    one_of("role", Role),
    short(),
)
