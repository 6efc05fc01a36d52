"""Adds departments, and lets a conversation be in one. The inbox's indexes hold it too.

Revision: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_IN_INBOX = "state IN ('open', 'answered') AND last_message_seq > 0"
_FILTERS = ("id", "site", "locale", "channel", "department", "waiting_since")
_INDEXES = (
    ("inbox", _IN_INBOX, ("last_message_at",)),
    ("assigned", _IN_INBOX, ("assignee", "last_message_at")),
    ("waiting", "state = 'open' AND waiting_since IS NOT NULL", ("waiting_since",)),
    ("snoozed", "state = 'snoozed'", ("snoozed_until",)),
    ("closed", "state = 'closed' AND last_message_seq > 0", ("last_message_at",)),
)


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
    )
    for table, column in (("department_sites", "site"), ("department_members", "agent")):
        op.create_table(
            table,
            sa.Column("department", sa.Text(), primary_key=True),
            sa.Column(column, sa.Text(), primary_key=True),
        )
    op.add_column("conversations", sa.Column("department", sa.Text(), nullable=False, server_default=""))
    for name, part, order in _INDEXES:
        columns, where = list(dict.fromkeys((*order, *_FILTERS))), sa.text(part)
        op.drop_index(f"conversations_{name}", "conversations")
        op.create_index(f"conversations_{name}", "conversations", columns, sqlite_where=where, postgresql_where=where)
