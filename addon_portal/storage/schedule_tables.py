"""The table of schedules. Part of `tables.metadata`."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text, text

from addon_portal.domain.schedules import WhenMissed, WhenRunning
from addon_portal.storage.table_parts import Document, Micros, metadata, one_of

_PLANNED = text("next_at IS NOT NULL")
_QUEUED = text("queued_for IS NOT NULL")

schedules = Table(
    "schedules",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("cron", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("when_running", Text, nullable=False),
    Column("when_missed", Text, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("planned_at", Micros, nullable=False),
    Column("next_at", Micros),
    Column("paused_at", Micros),
    Column("paused_by", Text),
    Column("queued_for", Micros),
    Column("started", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("last", Document),
    ForeignKeyConstraint(["tenant_id", "project_id"], ["projects.tenant_id", "projects.id"]),
    one_of("when_running", WhenRunning),
    one_of("when_missed", WhenMissed),
    CheckConstraint("(paused_at IS NULL) = (paused_by IS NULL)", name="paused_by"),
    CheckConstraint("paused_at IS NULL OR (next_at IS NULL AND queued_for IS NULL)", name="paused_waits_for_nothing"),
    Index(None, "tenant_id"),
    Index("ix_schedules_planned", "host_id", "next_at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
    Index("ix_schedules_queued", "host_id", "queued_for", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
)
