"""Count runs by the hour of their end, and projects: two small indexes for the numbers of the status page.

Before the new version is deployed, which reads the column; older versions keep both without knowing. PostgreSQL writes
the table of runs anew with all its indexes, half a minute to two for a million runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    live = sa.text("deleted_at IS NULL")
    op.create_index("ix_projects_count", "projects", ["tenant_id"], sqlite_where=live, postgresql_where=live)
    is_postgresql = op.get_context().dialect.name == "postgresql"
    hour = sa.Computed("finished_at / 3600000000", persisted=is_postgresql)
    op.add_column("runs", sa.Column("finished_hour", sa.BigInteger(), hour))
    if is_postgresql:
        op.create_index(
            "ix_runs_finished_hour",
            "runs",
            ["tenant_id", "outcome", "finished_hour"],
            postgresql_where=sa.text("finished_hour IS NOT NULL"),
        )
