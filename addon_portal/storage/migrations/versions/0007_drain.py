"""Since when, and by whom, nothing is started on a host.

Before the new version is deployed, which reads the columns; older versions do not know them and start as ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hosts", sa.Column("drained_at", sa.BigInteger()))
    op.add_column("hosts", sa.Column("drained_by", sa.Text()))
