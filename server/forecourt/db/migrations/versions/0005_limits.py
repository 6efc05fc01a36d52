"""Counts mails to addresses that nobody has confirmed.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unconfirmed_mails",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("send_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("unconfirmed_mails_of_network", "unconfirmed_mails", ["network", "created_at"])
    op.create_index("unconfirmed_mails_by_time", "unconfirmed_mails", ["send_at"])
