"""What the program of a run says of itself: how far it is, in words, and when it was last heard.

Run before the new version is deployed, which reads the columns. Runs that exist have said nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("progress", sa.Double()))
    op.add_column("runs", sa.Column("status_text", sa.Text()))
    op.add_column("runs", sa.Column("last_heartbeat_at", sa.BigInteger()))
