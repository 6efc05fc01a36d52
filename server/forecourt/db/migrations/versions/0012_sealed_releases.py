"""Leaves of releases, change notices and deliveries, and the queue of what is to be sealed.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

QUEUED = (
    "SELECT 'release', site || '/' || number FROM releases ORDER BY published_at, site, number",
    "SELECT 'change_notice', id FROM change_notices ORDER BY created_at, id",
    "SELECT 'delivery', CAST(seq AS TEXT) FROM deliveries ORDER BY seq",
)


def upgrade() -> None:
    """Changes the log natively (Alembic's batch mode would drop the triggers), and queues what was appended before."""
    op.execute("ALTER TABLE log_leaves RENAME COLUMN consent TO record")
    op.add_column("log_leaves", sa.Column("kind", sa.Text(), nullable=False, server_default="consent"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX log_leaves_consent_key RENAME TO log_leaves_record_key")
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "log_queue",
        sa.Column("seq", serial, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("kind", "record", name="log_queue_once_a_record"),
    )
    for records in QUEUED:
        op.execute(f"INSERT INTO log_queue (kind, record) {records}")
