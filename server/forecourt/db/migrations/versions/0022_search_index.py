"""Adds the index of what is said, and indexes every message and note, in the order in which they were said.

It is one step with the schema, so that no search ever misses what is there. It takes about ten seconds for 100,000
messages, during which the server does not serve yet.

Revision: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from forecourt.db.sqlite import VERSION
from forecourt.support.search_index import describe_subject, write_tokens

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ERASES = (3, 42)  # SQLite's version since which FTS5 takes out at once what is deleted, rather than at the next merge
_TRIGGER = """
    CREATE TRIGGER search_documents_{name} AFTER {event} ON search_documents BEGIN
        INSERT INTO search_index ({columns}) VALUES ({values});
    END
"""
_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(tokens, content='search_documents', content_rowid='id',"
    " tokenize=\"ascii tokenchars '=-_'\", prefix='3')",
    "CREATE VIRTUAL TABLE search_words USING fts5vocab('search_index', 'instance')",
    _TRIGGER.format(name="add", event="INSERT", columns="rowid, tokens", values="NEW.id, NEW.tokens"),
    _TRIGGER.format(
        name="remove", event="DELETE", columns="search_index, rowid, tokens", values="'delete', OLD.id, OLD.tokens"
    ),
)
_POSTGRES = (
    "CREATE INDEX search_documents_tokens ON search_documents"
    " USING gin ((ARRAY[(id >> 13)::int]), tokens) WITH (gin_pending_list_limit = 512)"
)
BATCH_SIZE = 1000  # documents
_SAID = sa.text("""
    SELECT e.conversation, e.seq, e.created_at, e.body, e.agent, c.site, c.channel, c.topic, c.name, c.email
    FROM conversation_events e JOIN conversations c ON c.id = e.conversation WHERE e.kind IN ('message', 'note')
    UNION ALL
    SELECT id, 0, created_at, '', '', site, channel, topic, name, email FROM conversations
    WHERE topic <> '' OR name <> '' OR email <> ''
    ORDER BY 3, 1, 2
""")
_ADD = sa.text(
    "INSERT INTO search_documents (conversation, seq, created_at, tokens)"
    " VALUES (:conversation, :seq, :created_at, :tokens)"
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "search_documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("search_documents_of_conversation", "search_documents", ["conversation", "seq"])
    for statement in _SQLITE if dialect == "sqlite" else ():
        op.execute(statement)
    if dialect == "sqlite" and VERSION >= _ERASES:
        op.execute("INSERT INTO search_index(search_index, rank) VALUES ('secure-delete', 1)")
    _index_all()
    if dialect == "postgresql":
        op.execute(_POSTGRES)


def _index_all() -> None:
    """Writes each document by the rule of today: an index that held other tokens would be made anew."""
    connection = op.get_bind()
    rows = connection.execute(_SAID.execution_options(stream_results=True)).mappings()
    for batch in rows.partitions(BATCH_SIZE):
        documents = [
            {
                **{name: row[name] for name in ("conversation", "seq", "created_at")},
                "tokens": write_tokens(
                    connection.dialect.name,
                    row["body"] if row["seq"] else describe_subject(row["topic"], row["name"], row["email"]),
                    **{name: row[name] for name in ("site", "channel", "name", "email", "agent")},
                ),
            }
            for row in batch
        ]
        connection.execute(_ADD, documents)
