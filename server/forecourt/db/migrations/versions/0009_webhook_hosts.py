"""Names the host of each webhook call in the outbox, so that each host gets one call at a time.

Revision: 0009
"""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("host", sa.Text(), nullable=False, server_default=""))
    with_host = sa.text("host <> ''")
    op.create_index("outbox_by_host", "outbox", ["host"], sqlite_where=with_host, postgresql_where=with_host)
    _name_hosts(op.get_bind())


def _name_hosts(connection: sa.Connection) -> None:
    """Only calls that wait need it."""
    waiting = sa.text("SELECT id, recipient FROM outbox WHERE channel = 'webhook' AND state = 'queued'")
    set_host = sa.text("UPDATE outbox SET host = :host WHERE id = :item")
    for row in connection.execute(waiting).all():
        connection.execute(set_host, {"host": (urlsplit(row.recipient).hostname or "").rstrip("."), "item": row.id})
