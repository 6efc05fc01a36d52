"""Files that messages carry, their bytes in chunks.

Revision: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNNAMED = sa.text("event_seq IS NULL")


def upgrade() -> None:
    op.add_column("conversation_events", sa.Column("files", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "files",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("upload_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("files_of_visitor", "files", ["visitor"])
    op.create_index("files_of_conversation", "files", ["conversation"])
    op.create_index("files_unnamed", "files", ["created_at"], sqlite_where=_UNNAMED, postgresql_where=_UNNAMED)
    op.create_table(
        "file_chunks",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file", "position"),
    )
