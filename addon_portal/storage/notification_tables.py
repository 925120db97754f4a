"""The tables of webhooks and of what is sent to them. Part of `tables.metadata`."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from addon_portal.domain.webhooks import ChannelKind, DeliveryState
from addon_portal.storage.table_parts import Micros, metadata, one_of, sequence, short

webhooks = Table(
    "webhooks",
    metadata,
    sequence(),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("project_id", Text),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("secret", Text),
    Column("previous_secret", Text),
    Column("previous_secret_until", Micros),
    Column("after_seq", BigInteger, nullable=False),
    Column("listening_since", Micros, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("disabled_at", Micros),
    Column("disabled_why", Text),
    short(),
    one_of("channel", ChannelKind),
    CheckConstraint("(channel = 'webhook') = (secret IS NOT NULL)", name="secret"),
    CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="disabled"),
    ForeignKeyConstraint(["tenant_id", "project_id"], ["projects.tenant_id", "projects.id"]),
    UniqueConstraint("tenant_id", "name"),
    Index(None, "tenant_id", "seq"),
    sqlite_autoincrement=True,
)

_DUE = text("state = 'pending' AND next_attempt_at IS NOT NULL")
_PENDING = text("state = 'pending'")
_FINISHED = text("finished_at IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    sequence(),
    Column("id", Text, nullable=False, unique=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("tenant_id", Text, nullable=False),
    Column("run_id", Text),
    Column("fact", Text, nullable=False),
    Column("fact_key", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("happened_at", Micros, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_attempt_at", Micros),
    Column("claimed_by", Text),
    Column("claimed_until", Micros),
    Column("finished_at", Micros),
    one_of("state", DeliveryState),
    CheckConstraint("(state = 'pending') = (finished_at IS NULL)", name="finished"),
    UniqueConstraint("webhook_id", "fact_key"),
    Index(None, "webhook_id", "seq"),
    Index("ix_deliveries_due", "next_attempt_at", "seq", sqlite_where=_DUE, postgresql_where=_DUE),
    Index("ix_deliveries_waiting", "webhook_id", "run_id", "seq", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_deliveries_claimed", "claimed_by", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_deliveries_finished", "finished_at", sqlite_where=_FINISHED, postgresql_where=_FINISHED),
    sqlite_autoincrement=True,
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery_seq", ForeignKey("deliveries.seq"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Micros, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("response", Text),
)

notifier = Table(
    "notifier",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    CheckConstraint("one = 1", name="single"),
)
