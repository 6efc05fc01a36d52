"""Makes one model of chats and contact messages: conversations, each with one sequence of events.

Messages and answers become events. A conversation's row is what its events come to, so rows that said more than their
messages get an event that says it: closed, or that the site was mailed about the waiting visitor. Raises where a
message would be lost.

Revision: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OPEN_CHAT = sa.text("channel = 'chat' AND state <> 'closed'")
_ADD_CONTACT_CONVERSATIONS = """
    INSERT INTO conversations
        (id, site, channel, visitor, consent, locale, topic, name, email, created_at, last_message_at, state, last_seq)
    SELECT id, site, 'contact_form', visitor, consent, locale, topic, name, email, created_at, created_at,
        CASE state WHEN 'closed' THEN 'closed' ELSE 'open' END, 0
    FROM contact_messages
"""
_MOVE_MESSAGES = """
    INSERT INTO conversation_events
        (conversation, seq, kind, author, agent, body, target, idempotency_key, created_at)
    SELECT conversation, seq, 'message', author, COALESCE(agent, ''), body, '', idempotency_key, created_at
    FROM messages
"""
_MOVE_CONTACT_MESSAGES = """
    INSERT INTO conversation_events
        (conversation, seq, kind, author, agent, body, target, idempotency_key, created_at)
    SELECT id, 1, 'message', 'visitor', '', message, '', NULL, created_at FROM contact_messages
"""
_MOVE_ANSWERS = """
    INSERT INTO conversation_events
        (conversation, seq, kind, author, agent, body, target, idempotency_key, created_at)
    SELECT message, 1 + ROW_NUMBER() OVER (PARTITION BY message ORDER BY created_at, idempotency_key),
        'message', 'agent', agent, body, '', idempotency_key, created_at
    FROM contact_answers WHERE message IN (SELECT id FROM contact_messages)
"""
_SET_LAST = """
    UPDATE conversations SET last_seq = moved.seq, last_message_seq = moved.seq, last_message_at = moved.at
    FROM (
        SELECT conversation, MAX(seq) AS seq, MAX(created_at) AS at FROM conversation_events GROUP BY conversation
    ) AS moved
    WHERE moved.conversation = conversations.id
"""
_SET_WAITING = """
    UPDATE conversations SET waiting_since = (
        SELECT MIN(asked.created_at) FROM conversation_events asked
        WHERE asked.conversation = conversations.id AND asked.author = 'visitor' AND asked.seq > COALESCE(
            (SELECT MAX(answer.seq) FROM conversation_events answer
            WHERE answer.conversation = conversations.id AND answer.author = 'agent'), 0)
    )
"""
_SET_ANSWERED = """
    UPDATE conversations SET state = 'answered' WHERE state = 'open' AND waiting_since IS NULL AND last_seq > 0
"""
_ADD_STATES = """
    INSERT INTO conversation_events
        (conversation, seq, kind, author, agent, body, target, idempotency_key, created_at)
    SELECT id, last_seq + 1, CASE state WHEN 'closed' THEN 'closed' ELSE 'alerted' END, 'system', '', '', '', NULL,
        COALESCE(alerted_at, last_message_at)
    FROM conversations WHERE state = 'closed' OR (state = 'open' AND alerted_at IS NOT NULL)
"""
_SET_AFTER_STATES = """
    UPDATE conversations SET
        alerted_at = CASE WHEN state = 'open' THEN alerted_at END,
        last_seq = COALESCE(
            (SELECT MAX(seq) FROM conversation_events WHERE conversation_events.conversation = conversations.id), 0)
"""
_COUNT_BEFORE = """
    SELECT SUM(count), SUM(length) FROM (
        SELECT COUNT(*) AS count, COALESCE(SUM(LENGTH(body)), 0) AS length FROM messages
        UNION ALL SELECT COUNT(*), COALESCE(SUM(LENGTH(message)), 0) FROM contact_messages
        UNION ALL SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0) FROM contact_answers
            WHERE message IN (SELECT id FROM contact_messages)
    ) AS moved
"""
_COUNT_AFTER = "SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0) FROM conversation_events"


def upgrade() -> None:
    before = _count(_COUNT_BEFORE)
    _extend_conversations()
    _create_events()
    for statement in (_ADD_CONTACT_CONVERSATIONS, _MOVE_MESSAGES, _MOVE_CONTACT_MESSAGES, _MOVE_ANSWERS):
        op.execute(statement)
    if _count(_COUNT_AFTER) != before:
        raise RuntimeError(f"of {before} messages and characters, {_count(_COUNT_AFTER)} were moved")
    for statement in (_SET_LAST, _SET_WAITING, _SET_ANSWERED, _ADD_STATES, _SET_AFTER_STATES):
        op.execute(statement)
    for table in ("messages", "contact_messages", "contact_answers"):
        op.drop_table(table)
    _create_indexes()


def _count(statement: str) -> tuple[int, int]:
    count, length = op.get_bind().execute(sa.text(statement)).one()
    return int(count), int(length)


def _extend_conversations() -> None:
    for name, default in (("channel", "chat"), ("topic", ""), ("name", ""), ("email", ""), ("assignee", "")):
        op.add_column("conversations", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger()))
    op.add_column("conversations", sa.Column("last_message_seq", sa.Integer(), nullable=False, server_default="0"))
    for index in ("conversations_one_open", "conversations_waiting", "conversations_by_time"):
        op.drop_index(index, "conversations")


def _create_events() -> None:
    op.create_table(
        "conversation_events",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "author", "agent", "body", "target")),
        sa.Column("until", sa.BigInteger()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "seq"),
        sa.UniqueConstraint("conversation", "author", "idempotency_key", name="conversation_events_once_a_key"),
    )


def _create_indexes() -> None:
    op.create_index(
        "conversations_one_open_chat",
        "conversations",
        ["visitor", "site"],
        unique=True,
        sqlite_where=_OPEN_CHAT,
        postgresql_where=_OPEN_CHAT,
    )
    op.create_index("conversations_waiting", "conversations", ["state", "waiting_since"])
    op.create_index("conversations_by_time", "conversations", ["site", "channel", "created_at"])
    op.create_index("conversations_by_last_message", "conversations", ["site", "channel", "last_message_at"])
