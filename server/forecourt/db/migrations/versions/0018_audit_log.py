"""What people did in the console.

Revision: 0018
"""

import sqlalchemy as sa
from alembic import op

from forecourt.db.append_only import append_only_ddl

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("audit_log_by_agent", "audit_log", ["agent", "seq"])
    op.create_index("audit_log_by_action", "audit_log", ["action", "seq"])
    for statement in append_only_ddl(op.get_bind().dialect.name, "audit_log", ("seq",)):
        op.execute(statement)
