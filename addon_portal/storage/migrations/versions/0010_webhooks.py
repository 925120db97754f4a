"""Webhooks, what is sent to them, and how far the sender has read the journal.

To be run before the new version is deployed: it adds tables that the old one does not know.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PENDING = "state = 'pending'"
INDEXES = {
    "ix_deliveries_due": (["next_attempt_at", "seq"], f"{PENDING} AND next_attempt_at IS NOT NULL"),
    "ix_deliveries_waiting": (["webhook_id", "run_id", "seq"], PENDING),
    "ix_deliveries_claimed": (["claimed_by"], PENDING),
    "ix_deliveries_finished": (["finished_at"], "finished_at IS NOT NULL"),
}


def upgrade() -> None:
    _make_webhooks()
    _make_deliveries()
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_seq", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_seq"], ["deliveries.seq"], name=op.f("fk_delivery_attempts_delivery_seq")),
        sa.PrimaryKeyConstraint("delivery_seq", "number", name=op.f("pk_delivery_attempts")),
    )
    op.create_table(
        "notifier",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_notifier_single")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_notifier")),
    )


def _make_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("previous_secret", sa.Text(), nullable=True),
        sa.Column("previous_secret_until", sa.BigInteger(), nullable=True),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("listening_since", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("disabled_why", sa.Text(), nullable=True),
        sa.CheckConstraint("(channel = 'webhook') = (secret IS NOT NULL)", name=op.f("ck_webhooks_secret")),
        sa.CheckConstraint("channel IN ('apprise', 'webhook')", name=op.f("ck_webhooks_channel")),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name=op.f("ck_webhooks_disabled")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_webhooks_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_webhooks_tenant_id_project_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhooks_tenant_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("id", name=op.f("uq_webhooks_id")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_webhooks_tenant_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_webhooks_tenant_id_seq"), "webhooks", ["tenant_id", "seq"], unique=False)


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("fact_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (finished_at IS NULL)", name=op.f("ck_deliveries_finished")),
        sa.CheckConstraint("state IN ('delivered', 'failed', 'pending')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
        sa.UniqueConstraint("webhook_id", "fact_key", name=op.f("uq_deliveries_webhook_id_fact_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_webhook_id_seq"), "deliveries", ["webhook_id", "seq"], unique=False)
    for name, (columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "deliveries", columns, unique=False, sqlite_where=where, postgresql_where=where)
