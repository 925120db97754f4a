"""Adds schedules: when projects run by themselves.

Before the new version is deployed, which reads the table; older versions do not know it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
PLANNED, QUEUED = sa.text("next_at IS NOT NULL"), sa.text("queued_for IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "schedules",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("project_id", "tenant_id", "host_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("cron", "time_zone", "when_running", "when_missed")),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("queued_for", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("started", "skipped", "missed", "refused")),
        sa.Column("last", DOCUMENT, nullable=True),
        sa.CheckConstraint("when_running IN ('queue', 'skip')", name=op.f("ck_schedules_when_running")),
        sa.CheckConstraint("when_missed IN ('run_once', 'skip')", name=op.f("ck_schedules_when_missed")),
        sa.CheckConstraint("(paused_at IS NULL) = (paused_by IS NULL)", name=op.f("ck_schedules_paused_by")),
        sa.CheckConstraint(
            "paused_at IS NULL OR (next_at IS NULL AND queued_for IS NULL)",
            name=op.f("ck_schedules_paused_waits_for_nothing"),
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_schedules_host_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_schedules_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_schedules")),
    )
    op.create_index(op.f("ix_schedules_tenant_id"), "schedules", ["tenant_id"])
    for name, column, where in (("planned", "next_at", PLANNED), ("queued", "queued_for", QUEUED)):
        op.create_index(
            f"ix_schedules_{name}", "schedules", ["host_id", column], sqlite_where=where, postgresql_where=where
        )
