"""Find projects by their name and by their last change: the orders of lists.

Before the new version is deployed, which is slow without the indexes; older versions keep them without knowing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    live = sa.text("deleted_at IS NULL")
    for name, column in (("ix_projects_name", "name_folded"), ("ix_projects_change", "updated_at")):
        op.create_index(name, "projects", ["tenant_id", column, "seq"], sqlite_where=live, postgresql_where=live)
