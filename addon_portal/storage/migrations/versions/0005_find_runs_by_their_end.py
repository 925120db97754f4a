"""Find runs by their end: what the numbers of a time are counted in.

Before the new version is deployed, which is slow without the index; older versions keep it without knowing. With a
million runs it takes some seconds, in which nothing can be written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    finished = sa.text("finished_at IS NOT NULL")
    op.create_index(
        "ix_runs_finished",
        "runs",
        ["tenant_id", "state", "finished_at", "outcome", "started_at", "ended_at"],
        sqlite_where=finished,
        postgresql_where=finished,
    )
