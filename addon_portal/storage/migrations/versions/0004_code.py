"""Adds the code of a definition: what new workspaces are filled with.

To be run before the new version is started, which reads the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Definitions of before have no code."""
    op.add_column("definitions", sa.Column("code", sa.JSON().with_variant(sa.Text(), "sqlite"), nullable=True))
