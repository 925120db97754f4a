"""What a project wants done about runs that have ended, and which runs were made by that.

Before the new version is deployed, which reads both; older versions do not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("projects", sa.Column("restart_policy", DOCUMENT))
    op.create_table(
        "automatic_restarts",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("boot_id", sa.Text()),
        sa.Column("made_monotonic", sa.Double()),
        sa.CheckConstraint(
            "(boot_id IS NULL) = (made_monotonic IS NULL)", name=op.f("ck_automatic_restarts_monotonic_of_a_boot")
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "number"],
            ["runs.project_id", "runs.number"],
            name=op.f("fk_automatic_restarts_project_id_number"),
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_automatic_restarts")),
    )
