"""Since when nothing was heard of a silent run.

Run before the new version is deployed, which reads the column. Of runs that are silent now the supervisor tells it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("silent_since", sa.BigInteger()))
