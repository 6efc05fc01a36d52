"""Two-step sign-in: the secret that an agent's authenticator app has, and recovery codes.

Revision: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates both tables. Nobody has switched it on yet."""
    op.create_table(
        "two_step_secrets",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("agent"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "code_hash"),
    )
