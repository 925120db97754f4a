"""The tables of restarts of many projects by one request. Part of `tables.metadata`."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from addon_portal.domain.bulk_restarts import ItemState
from addon_portal.storage.table_parts import Document, Micros, metadata, one_of, sequence

_OPEN = text("finished_at IS NULL")

bulk_restarts = Table(
    "bulk_restarts",
    metadata,
    sequence(),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("filter", Document, nullable=False),
    Column("choices", Document, nullable=False),
    Column("requested_at", Micros, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("started", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("finished_at", Micros),
    Column("aborted_by", Text),
    Column("key_id", Text),
    Column("request_hash", LargeBinary),
    Column("body_hash", LargeBinary),
    CheckConstraint("done BETWEEN 0 AND total", name="done"),
    CheckConstraint("started + skipped + failed <= done", name="counts"),
    CheckConstraint("aborted_by IS NULL OR finished_at IS NOT NULL", name="aborted_is_finished"),
    UniqueConstraint("tenant_id", "key_id", "request_hash"),
    Index(None, "tenant_id", "seq"),
    Index("ix_bulk_restarts_open", "host_id", "seq", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sqlite_autoincrement=True,
)

bulk_restart_items = Table(
    "bulk_restart_items",
    metadata,
    Column("bulk_restart_id", ForeignKey("bulk_restarts.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # No foreign keys: for them every insertion of a run would have a look here.
    Column("run_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("project_name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("why", Text),
    Column("new_run_id", Text),
    Column("done_at", Micros),
    one_of("state", ItemState),
    CheckConstraint("(state = 'started') = (new_run_id IS NOT NULL)", name="started_has_run"),
    CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="done_has_time"),
    UniqueConstraint("bulk_restart_id", "project_id"),
    Index(None, "bulk_restart_id", "state", "position"),
)
