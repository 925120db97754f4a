"""Restarts that are to come: one row for each project that waits for one.

Before the new version is deployed, which reads the table; older versions do not know it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scheduled_restarts",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("restart_of", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("scheduled_at", sa.BigInteger(), nullable=False),
        sa.Column("scheduled_by", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("env", DOCUMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("delay_seconds", sa.Double(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("boot_id", sa.Text(), nullable=True),
        sa.Column("due_monotonic", sa.Double(), nullable=True),
        sa.CheckConstraint("cause IN ('policy', 'request', 'stall')", name=op.f("ck_scheduled_restarts_cause")),
        sa.CheckConstraint(
            "(boot_id IS NULL) = (due_monotonic IS NULL)", name=op.f("ck_scheduled_restarts_monotonic_of_a_boot")
        ),
        sa.CheckConstraint("delay_seconds >= 0", name=op.f("ck_scheduled_restarts_delay")),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_scheduled_restarts_host_id")),
        sa.ForeignKeyConstraint(
            ["project_id", "definition_version"],
            ["definitions.project_id", "definitions.version"],
            name=op.f("fk_scheduled_restarts_project_id_definition_version"),
        ),
        sa.ForeignKeyConstraint(["restart_of"], ["runs.id"], name=op.f("fk_scheduled_restarts_restart_of")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_scheduled_restarts_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_scheduled_restarts")),
        sa.UniqueConstraint("restart_of", name=op.f("uq_scheduled_restarts_restart_of")),
        sa.UniqueConstraint("run_id", name=op.f("uq_scheduled_restarts_run_id")),
    )
    for column in ("host_id", "tenant_id"):
        op.create_index(op.f(f"ix_scheduled_restarts_{column}"), "scheduled_restarts", [column], unique=False)
