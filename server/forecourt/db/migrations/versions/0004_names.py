"""Renames tables and columns to the words that engineers look for. No value is changed, so sealed records stay whole.

Revision: 0004
"""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = {"links": "one_time_links", "newsletter_asks": "newsletter_requests"}
# New table name -> old column name -> new column name.
COLUMNS = {
    "agents": {"password": "password_hash", "at": "created_at"},
    "announcements": {"after": "last_follower", "planned": "notices_planned", "at": "created_at"},
    "change_notices": {"content": "content_hash", "at": "created_at"},
    "consents": {"given": "purposes", "kept": "carried_over", "key": "idempotency_key", "at": "created_at"},
    "contact_answers": {"key": "idempotency_key", "at": "created_at"},
    "contact_messages": {"at": "created_at"},
    "conversations": {"at": "created_at", "last_at": "last_message_at"},
    "deliveries": {"cause": "outbox_key", "at": "created_at"},
    "followers": {
        "secret": "webhook_secret",
        "at": "created_at",
        "asked_at": "confirmation_sent_at",
        "asks": "confirmation_mails",
    },
    "log_checkpoints": {"through": "last_consent_seq", "at": "created_at"},
    "messages": {"key": "idempotency_key", "at": "created_at"},
    "newsletter_requests": {"at": "created_at"},
    "notices": {"at": "created_at"},
    "objection_answers": {"at": "created_at"},
    "objections": {
        "change": "change_text",
        "effective": "effective_on",
        "dedupe": "idempotency_key",
        "at": "created_at",
    },
    "one_time_links": {"hash": "secret_hash"},
    "outbox": {
        "dedupe": "idempotency_key",
        "raw": "payload",
        "at": "created_at",
        "due_at": "next_attempt_at",
        "answer": "last_reply",
        "secret": "webhook_secret",
        "proof": "records_deliveries",
    },
    "policy_drafts": {"base": "base_release"},
    "retention_runs": {"at": "created_at", "through": "last_consent_seq"},
    "subscribers": {"at": "created_at", "asked_at": "confirmation_sent_at"},
    "suppressions": {"address": "address_fingerprint", "at": "confirmation_sent_at"},
    "visitors": {"at": "created_at"},
}
INDEXES = {
    "announcements_to_plan": "announcements_by_state",
    "consents_once_a_key": "consents_unique_idempotency_key",
    "deliveries_of_cause": "deliveries_by_outbox_key",
    "followers_to_tell": "followers_by_state",
    "links_by_end": "one_time_links_by_expiry",
    "links_of_subject": "one_time_links_by_subject",
    "objection_answers_of_one": "objection_answers_by_objection",
}
# PostgreSQL names the index of a key after its table and column; SQLite's have no name of their own.
POSTGRES_KEYS = {
    "links_pkey": "one_time_links_pkey",
    "newsletter_asks_pkey": "newsletter_requests_pkey",
    "outbox_dedupe_key": "outbox_idempotency_key_key",
}


def upgrade() -> None:
    """Renames natively: both engines carry triggers and indexes along, where Alembic's batch mode would drop them."""
    for old, new in TABLES.items():
        op.rename_table(old, new)
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            op.execute(f'ALTER TABLE {table} RENAME COLUMN "{old}" TO {new}')
    if op.get_bind().dialect.name == "postgresql":
        for old, new in (INDEXES | POSTGRES_KEYS).items():
            op.execute(f"ALTER INDEX {old} RENAME TO {new}")
    else:
        for old, new in INDEXES.items():
            _rename_sqlite_index(old, new)
    op.execute("UPDATE retention_runs SET kind = 'newsletter_requests' WHERE kind = 'asks'")


def _rename_sqlite_index(old: str, new: str) -> None:
    """Creates the index anew under its new name: SQLite cannot rename one."""
    statement = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = :name")
    created = op.get_bind().execute(statement, {"name": old}).scalar_one()
    op.execute(f"DROP INDEX {old}")
    op.get_bind().exec_driver_sql(str(created).replace(old, new, 1))
