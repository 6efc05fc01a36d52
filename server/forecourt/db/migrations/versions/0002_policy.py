"""The policy's second half: drafts, followers, change notices and their deliveries, objections.

Revision: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from forecourt.db.append_only import append_only_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY: dict[str, list[tuple[str, ...]]] = {
    "change_notices": [("id",), ("site", "release", "follower")],
    "deliveries": [("seq",)],
}


def upgrade() -> None:
    _outbox()
    _followers()
    _change_notices()
    _objections()
    op.create_table(
        "policy_drafts",
        _text("site"),
        sa.Column("base", sa.Integer(), nullable=False),
        *(_text(name) for name in ("content", "edited_by")),
        _moment("edited_at"),
        sa.PrimaryKeyConstraint("site"),
    )
    for table, keys in APPEND_ONLY.items():
        for statement in append_only_ddl(op.get_bind().dialect.name, table, *keys):
            op.execute(statement)


def _outbox() -> None:
    op.add_column("outbox", _text("channel", server_default="mail"))
    op.add_column("outbox", _text("secret", server_default=""))
    op.add_column("outbox", sa.Column("proof", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "deliveries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _text("cause"),
        _text("outcome"),
        sa.Column("code", sa.Integer(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("deliveries_of_cause", "deliveries", ["cause", "seq"], unique=False)


def _followers() -> None:
    op.create_table(
        "followers",
        *(_text(name) for name in ("id", "site", "email", "locale")),
        _text("region", nullable=True),
        sa.Column("products", sa.JSON(), nullable=False),
        *(_text(name) for name in ("webhook", "secret", "state")),
        *(_moment(name) for name in ("at", "asked_at")),
        sa.Column("asks", sa.Integer(), nullable=False),
        *(_moment(name, nullable=True) for name in ("confirmed_at", "left_at")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("site", "email", name="followers_once_an_address"),
    )
    op.create_index("followers_to_tell", "followers", ["site", "state", "id"], unique=False)


def _change_notices() -> None:
    op.create_table(
        "announcements",
        _text("site"),
        sa.Column("release", sa.Integer(), autoincrement=False, nullable=False),
        *(_text(name) for name in ("state", "after")),
        sa.Column("planned", sa.Integer(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("site", "release"),
    )
    op.create_index("announcements_to_plan", "announcements", ["state", "at"], unique=False)
    op.create_table(
        "change_notices",
        *(_text(name) for name in ("id", "site")),
        sa.Column("release", sa.Integer(), nullable=False),
        *(_text(name) for name in ("follower", "channel", "locale")),
        _text("region", nullable=True),
        *(_text(name) for name in ("content", "commitment")),
        _moment("at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("site", "release", "follower", name="change_notices_once_a_follower"),
    )
    op.create_index("change_notices_of_follower", "change_notices", ["follower"], unique=False)
    op.create_table(
        "change_notice_details",
        *(_text(name) for name in ("notice", "salt", "recipient")),
        sa.PrimaryKeyConstraint("notice"),
    )


def _objections() -> None:
    op.create_table(
        "objections",
        *(_text(name) for name in ("id", "site")),
        sa.Column("release", sa.Integer(), nullable=False),
        *(_text(name) for name in ("engagement", "subject", "change")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("effective", "deadline")),
        *(_text(name) for name in ("name", "email", "company", "reason", "locale", "state", "dedupe")),
        _moment("at"),
        _moment("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe", name="objections_once_while_open"),
    )
    op.create_index("objections_by_state", "objections", ["state", "at"], unique=False)
    op.create_table(
        "objection_answers",
        *(_text(name) for name in ("id", "objection", "agent", "body")),
        _moment("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("objection_answers_of_one", "objection_answers", ["objection", "at"], unique=False)


def _text(name: str, nullable: bool = False, **more: Any) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable, **more)


def _moment(name: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)
