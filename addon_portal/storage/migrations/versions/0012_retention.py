"""Adds the requests to remove what is no longer kept.

To be run before the new version is started, which reads the table with every sweep.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
OPEN = sa.text("completed_at IS NULL")


def upgrade() -> None:
    """A new table."""
    op.create_table(
        "retentions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("report", DOCUMENT, nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_retentions_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retentions")),
    )
    op.create_index(
        "ix_retentions_open", "retentions", ["host_id", "requested_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
