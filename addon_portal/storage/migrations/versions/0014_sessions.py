"""Adds sessions and log-in links: people at the page.

Before the new version is deployed, which reads the tables; older versions do not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROLES = "role IN ('admin', 'member', 'operator', 'viewer')"


def upgrade() -> None:
    op.create_table(
        "sessions",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "name", "role")),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "last_used_at", "expires_at")),
        sa.CheckConstraint(ROLES, name=op.f("ck_sessions_role")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_sessions_name_length")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sessions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sessions_secret_hash")),
    )
    op.create_index(op.f("ix_sessions_tenant_id"), "sessions", ["tenant_id"])
    op.create_table(
        "login_links",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant_id", "name", "role")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "expires_at")),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(ROLES, name=op.f("ck_login_links_role")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_login_links_name_length")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_login_links_tenant_id")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_login_links")),
    )
