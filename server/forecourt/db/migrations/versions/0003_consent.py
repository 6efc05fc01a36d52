"""Consent's second half: kinds of records, signals, keys, and the log that seals them.

Revision: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from forecourt.db.append_only import append_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY: dict[str, list[tuple[str, ...]]] = {
    "log_leaves": [("position",), ("consent",)],
    "log_nodes": [("level", "position")],
    "log_checkpoints": [("size",)],
}


def upgrade() -> None:
    _records()
    _log()
    _held_on_a_visitor()
    _retention()
    for table, keys in APPEND_ONLY.items():
        for statement in append_only_ddl(op.get_bind().dialect.name, table, *keys):
            op.execute(statement)


def _records() -> None:
    """Columns are added natively: Alembic's batch mode would drop the triggers."""
    op.add_column("consents", sa.Column("kind", sa.Text(), nullable=False, server_default="consent"))
    op.add_column("consents", sa.Column("signals", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("consents", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("consents", sa.Column("kept", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("consent_details", sa.Column("path", sa.Text(), nullable=False, server_default=""))
    keyed = sa.text("key IS NOT NULL")
    op.create_index(
        "consents_once_a_key", "consents", ["site", "key"], unique=True, sqlite_where=keyed, postgresql_where=keyed
    )
    op.drop_index("consents_of_visitor", "consents")
    op.create_index("consents_of_visitor", "consents", ["visitor", "kind", "seq"], unique=False)
    _counted()
    if op.get_bind().dialect.name == "sqlite":  # INSERT OR REPLACE takes the new unique key for a way around, too
        op.execute("DROP TRIGGER consents_no_replace")
        op.execute([*append_only_ddl("sqlite", "consents", ("id",), ("seq",), ("site", "key"))][-1])


def _counted() -> None:
    """Choices in the order of time, and of day: the console lists and counts them without reading rows."""
    choices = sa.text("kind = 'consent'")
    only: dict[str, Any] = {"sqlite_where": choices, "postgresql_where": choices}
    about = ["action", "locale", "source"]
    op.create_index("consents_by_time", "consents", ["site", "at", *about], **only)
    op.create_index("consents_by_day", "consents", ["site", sa.text("(at / 86400000000)"), *about, "at"], **only)


def _log() -> None:
    op.create_table(
        "log_leaves",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("consent"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position"),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )


def _held_on_a_visitor() -> None:
    """What `/me` tells and erases, found by the visitor."""
    op.add_column("outbox", sa.Column("visitor", sa.Text(), nullable=False, server_default=""))
    about = sa.text("visitor <> ''")
    op.create_index("outbox_of_visitor", "outbox", ["visitor"], sqlite_where=about, postgresql_where=about)
    op.create_index("contact_messages_of_visitor", "contact_messages", ["visitor"])
    op.create_index("subscribers_of_visitor", "subscribers", ["visitor"])
    op.create_index("links_of_subject", "links", ["subject"])
    op.create_table(
        "newsletter_asks",
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("visitor", "email"),
    )
    op.create_table(
        "suppressions",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "address"),
    )


def _retention() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "retention_runs",
        sa.Column("seq", serial, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("retention_runs_of_kind", "retention_runs", ["kind", "through"])
    op.create_index("subscribers_by_address", "subscribers", ["site", sa.text("lower(email)")])
    op.create_index("links_by_end", "links", ["expires_at"])
    op.create_index("contact_messages_by_time", "contact_messages", ["site", "at"])
    op.create_index("conversations_by_time", "conversations", ["site", "last_at"])
