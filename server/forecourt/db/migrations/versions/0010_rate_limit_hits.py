"""Counts rate limits in PostgreSQL, for the servers that share it.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_limit_hits",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("times", sa.ARRAY(sa.BigInteger()).with_variant(sa.JSON(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("rate_limit_hits_by_expiry", "rate_limit_hits", ["expires_at"])
    if op.get_bind().dialect.name == "postgresql":  # what is lost in a crash is counted anew
        op.execute("ALTER TABLE rate_limit_hits SET UNLOGGED")
