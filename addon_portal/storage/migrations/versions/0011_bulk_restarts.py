"""Adds restarts of many projects by one request.

Before the new version is deployed, which reads both tables; older versions do not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    _make_bulk_restarts()
    _make_items()


def _make_bulk_restarts() -> None:
    op.create_table(
        "bulk_restarts",
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("filter", DOCUMENT, nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "done", "started", "skipped", "failed")),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("aborted_by", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_bulk_restarts_done")),
        sa.CheckConstraint("started + skipped + failed <= done", name=op.f("ck_bulk_restarts_counts")),
        sa.CheckConstraint(
            "aborted_by IS NULL OR finished_at IS NOT NULL", name=op.f("ck_bulk_restarts_aborted_is_finished")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_bulk_restarts_host_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bulk_restarts_tenant_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_bulk_restarts")),
        sa.UniqueConstraint("id", name=op.f("uq_bulk_restarts_id")),
        sa.UniqueConstraint(
            "tenant_id", "key_id", "request_hash", name=op.f("uq_bulk_restarts_tenant_id_key_id_request_hash")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bulk_restarts_tenant_id_seq"), "bulk_restarts", ["tenant_id", "seq"])
    op.create_index(
        "ix_bulk_restarts_open", "bulk_restarts", ["host_id", "seq"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def _make_items() -> None:
    op.create_table(
        "bulk_restart_items",
        sa.Column("bulk_restart_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("run_id", "project_id", "project_name", "state")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("code", "why", "new_run_id")),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('failed', 'skipped', 'started', 'waiting')", name=op.f("ck_bulk_restart_items_state")
        ),
        sa.CheckConstraint(
            "(state = 'started') = (new_run_id IS NOT NULL)", name=op.f("ck_bulk_restart_items_started_has_run")
        ),
        sa.CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name=op.f("ck_bulk_restart_items_done_has_time")),
        sa.ForeignKeyConstraint(
            ["bulk_restart_id"], ["bulk_restarts.id"], name=op.f("fk_bulk_restart_items_bulk_restart_id")
        ),
        sa.PrimaryKeyConstraint("bulk_restart_id", "position", name=op.f("pk_bulk_restart_items")),
        sa.UniqueConstraint(
            "bulk_restart_id", "project_id", name=op.f("uq_bulk_restart_items_bulk_restart_id_project_id")
        ),
    )
    op.create_index(
        op.f("ix_bulk_restart_items_bulk_restart_id_state_position"),
        "bulk_restart_items",
        ["bulk_restart_id", "state", "position"],
    )
