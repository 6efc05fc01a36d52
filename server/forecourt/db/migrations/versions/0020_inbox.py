"""Gives each part of the inbox an index of its own, in its order, with what it is filtered by.

Revision: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_IN_INBOX = "state IN ('open', 'answered') AND last_message_seq > 0"
_INDEXES = (
    ("inbox", _IN_INBOX, ["last_message_at", "id", "site", "locale", "channel", "waiting_since"]),
    ("assigned", _IN_INBOX, ["assignee", "last_message_at", "id", "site", "locale", "channel", "waiting_since"]),
    ("waiting", "state = 'open' AND waiting_since IS NOT NULL", ["waiting_since", "id", "site", "locale", "channel"]),
    ("snoozed", "state = 'snoozed'", ["snoozed_until", "id", "site", "locale", "channel", "waiting_since"]),
    (
        "closed",
        "state = 'closed' AND last_message_seq > 0",
        ["last_message_at", "id", "site", "locale", "channel", "waiting_since"],
    ),
)


def upgrade() -> None:
    for name in ("conversations_inbox", "conversations_waiting"):
        op.drop_index(name, "conversations")
    for name, part, columns in _INDEXES:
        where = sa.text(part)
        op.create_index(f"conversations_{name}", "conversations", columns, sqlite_where=where, postgresql_where=where)
