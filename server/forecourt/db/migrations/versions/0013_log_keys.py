"""Changes of the log's key.

Revision: 0013
"""

import sqlalchemy as sa
from alembic import op

from forecourt.db.append_only import append_only_ddl

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_keys",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("new_key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("new_key"),
    )
    for statement in append_only_ddl(op.get_bind().dialect.name, "log_keys", ("seq",), ("new_key",)):
        op.execute(statement)
