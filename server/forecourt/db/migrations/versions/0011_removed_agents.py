"""Agents can be removed. What they wrote keeps their name.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("removed_at", sa.BigInteger(), nullable=True))
