"""The terms of a definition: how long its runs may take, and what else they agree to.

Run before the new version is deployed, which reads the column. Definitions that exist have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("definitions", sa.Column("terms", DOCUMENT))
