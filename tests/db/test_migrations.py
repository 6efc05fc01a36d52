"""Migrations move existing data along: what was stored and sealed at an earlier revision is there after the last."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from forecourt.consent.commitment import commit_values
from forecourt.consent.log import checkpoint, leaf, merkle, verification
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.leaf import LeafRow
from forecourt.db.append_only import APPEND_ONLY
from forecourt.db.migrate import is_current, migrate
from forecourt.db.tables import metadata
from tests.consent.log.records import DETAILS, SALT, SHOWN, WORDS
from tests.db.old_revision import add_row, open_old_database
from tests.db.triggers import expected_triggers, list_triggers

# SQLAlchemy reads no index over an expression; what that index is for is tested where it is used.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]
NEW_TABLES = {
    "audit_log",
    "two_step_secrets",
    "recovery_codes",
    *("log_keys", "agent_sessions", "log_queue", "unconfirmed_mails", "write_probes", "rate_limit_hits"),
    "follow_requests",
    *("departments", "department_sites", "department_members"),
    "conversation_events",
    "files",
    "file_chunks",
    "search_documents",
    "search_words",
    *("search_index", *(f"search_index_{part}" for part in ("config", "data", "docsize", "idx"))),
}
DROPPED_TABLES = {"messages", "contact_messages", "contact_answers"}
RENAMED_TABLES = {"links": "one_time_links", "newsletter_asks": "newsletter_requests"}
REMADE_TABLES = ("subscribers", "newsletter_requests", "suppressions", "followers", "conversations", *DROPPED_TABLES)
"""The tables that 0008, 0014 and 0019 part anew, which the features' own test_migration.py look at."""
SEALED = (
    *("seq", "id", "kind", "visitor", "site", "action", "offered", "given", "privacy_policy", "notice_hash", "terms"),
    *("locale", "release", "source", "gesture", "signals", "key", "kept", "commitment", "at"),
)
"""The columns of a leaf under the names that revision 0003 gave them, in the order that is sealed."""
AS_TEXT = ("offered", "given", "terms", "signals", "kept")
KEY = Ed25519PrivateKey.generate()
RECORDS = 5


@pytest.fixture
def old(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at revision 0003, which 0.2.0 made."""
    with open_old_database("0003", engine, request, tmp_path) as old_engine:
        yield old_engine


def value(table: Table, name: str) -> Any:
    """A value that says where it was stored, as far as the column's type allows."""
    kind = table.c[name].type.python_type
    samples = {str: f"{table.name}.{name}", int: len(name), bytes: name.encode(), date: date(2026, 1, len(name))}
    return {**samples, bool: True, object: {name: True}}[kind]


def fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """Puts a row into every table of the database. Returns the rows by table."""
    old = MetaData()
    old.reflect(connection)
    rows = {}
    for table in old.sorted_tables:
        if table.name != "alembic_version" and table.name not in ("consents", "notices", "consent_details"):
            rows[table.name] = {column.name: value(table, column.name) for column in table.columns}
            connection.execute(insert(table), rows[table.name])
    return rows


def stored(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of its columns."""
    tables = MetaData()
    tables.reflect(connection)
    rows = {table.name: [tuple(row) for row in connection.execute(select(table))] for table in tables.sorted_tables}
    return {name: table_rows for name, table_rows in rows.items() if name != "alembic_version"}


def seal(connection: Connection) -> None:
    """Appends consents with their words and details, and seals them as 0.2.0 did."""
    add_row(connection, "notices", hash=SHOWN, site="main", locale="en", content=WORDS, at=1)
    for number in range(1, RECORDS + 1):
        about = {"seq": number, "id": f"c{number}", "visitor": "v", "site": "main", "action": "grant", "locale": "en"}
        answer = {"offered": '["support"]', "given": '{"support":true}', "terms": "{}", "signals": '{"gpc":true}'}
        answer |= {"kept": '{"support":"2026-01-01T00:00:00+00:00"}', "privacy_policy": "1", "notice_hash": SHOWN}
        rest = {"source": "banner", "gesture": "trusted", "kind": "consent", "key": f"k{number}", "at": number}
        receipt = f"r{number}"
        add_row(
            connection,
            "consents",
            **about,
            **answer,
            **rest,
            commitment=commit_values(SALT, **DETAILS, receipt_hash=receipt),
        )
        add_row(connection, "consent_details", consent=f"c{number}", salt=SALT, receipt_hash=receipt, **DETAILS)
    hashes = [sha256(b"\0" + leaf_hash).digest() for leaf_hash in leaves(connection)]
    for position, leaf_hash in enumerate(hashes):
        add_row(connection, "log_leaves", position=position, consent=f"c{position + 1}", hash=leaf_hash)
    note = checkpoint.sign(KEY, Checkpoint(RECORDS, merkle.root(hashes)))
    add_row(connection, "log_checkpoints", size=RECORDS, through=RECORDS, note=note, at=1)


def leaves(connection: Connection) -> list[bytes]:
    """What 0.2.0 sealed of each record, byte by byte."""
    columns = ", ".join(f"CAST({name} AS TEXT)" if name in AS_TEXT else name for name in SEALED)
    rows = connection.execute(text(f"SELECT {columns} FROM consents ORDER BY seq"))
    return [msgspec.json.encode(("forecourt-consent-1", *row)) for row in rows]


def is_ours(name: str | None, *_: object) -> bool:
    """All but what only one engine has: SQLite's tables of the search index, and PostgreSQL's index."""
    return not (name or "").startswith(("search_index", "search_words", "search_documents_tokens"))


def test_every_row_of_revision_3_is_there_after_the_last(old: Engine) -> None:
    with old.begin() as connection:
        fill(connection)
        before = stored(connection)
    migrate(old)
    with old.connect() as connection:
        after = stored(connection)
        assert is_current(connection)
    assert [row[-1] for row in after["agents"]] == ["admin"]
    for name, count in (("outbox", 1), ("agents", 2), ("log_leaves", 1)):  # 0009, 0011, 0012 and 0016 add a column
        after[name] = [row[:-count] for row in after[name]]
    assert [row[1:] for row in after["log_queue"]] == [
        ("release", "releases.site/6"),
        ("change_notice", "change_notices.id"),
        ("delivery", "3"),
    ]
    assert after.keys() - NEW_TABLES == {RENAMED_TABLES.get(name, name) for name in before} - DROPPED_TABLES
    for name, rows in before.items():
        if RENAMED_TABLES.get(name, name) not in REMADE_TABLES:
            assert after[RENAMED_TABLES.get(name, name)] == rows, name
    once = after.keys() - NEW_TABLES - {"consents", "notices", "consent_details", "newsletter_requests"}
    once -= {"conversations"}  # a chat and a contact message
    assert all(len(after[name]) == 1 for name in once)
    # What was one row of a subscriber is a request as well, beside the request that another visitor made.
    assert len(after["newsletter_requests"]) == 2


def test_what_revision_3_sealed_verifies_after_the_last(old: Engine) -> None:
    with old.begin() as connection:
        seal(connection)
        before = leaves(connection)
    migrate(old)
    with old.connect() as connection:
        rows = connection.execute(select(*leaf.leaf_columns()).order_by(text("seq")))
        sealed = [leaf.encode_leaf(cast(LeafRow, row)) for row in rows]
        report = verification.verify(connection, KEY.public_key())
    assert sealed == before
    assert (report.size, report.is_whole, report.faults, report.dated) == (RECORDS, True, [], [])


def test_a_record_of_revision_3_that_was_changed_is_still_named(old: Engine) -> None:
    with old.begin() as connection:
        seal(connection)
        lite = "DROP TRIGGER consents_no_update"
        connection.execute(text(lite if old.dialect.name == "sqlite" else "ALTER TABLE consents DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE consents SET given = '{}' WHERE id = 'c3'"))
    migrate(old)
    with old.connect() as connection:
        report = verification.verify(connection, KEY.public_key())
    assert (report.is_whole, report.changed) == (False, ["c3"])


def test_triggers_of_revision_3_still_stand_and_refuse_after_the_last(old: Engine) -> None:
    with old.begin() as connection:
        seal(connection)
    migrate(old)
    with old.connect() as connection:
        assert list_triggers(connection) == expected_triggers(old.dialect.name)
    columns_again = (
        "(site, idempotency_key, id, seq, visitor, action, offered, purposes, notice_hash, terms, locale, source, "
    )
    columns_again += (
        "gesture, commitment, created_at) SELECT site, idempotency_key, 'other', 900, visitor, action, offered, "
    )
    columns_again += (
        "purposes, notice_hash, terms, locale, source, gesture, commitment, created_at FROM consents WHERE seq = 1"
    )
    attacks = ["UPDATE consents SET purposes = '{}'", "DELETE FROM consents", "UPDATE log_checkpoints SET note = ''"]
    attacks += (
        [f"INSERT OR REPLACE INTO consents {columns_again}"] if old.dialect.name == "sqlite" else ["TRUNCATE consents"]
    )
    for attack in attacks:
        with pytest.raises(DBAPIError, match="append-only"), old.begin() as connection:
            connection.execute(text(attack))


def test_the_migrated_schema_is_the_one_that_statements_are_written_for(old: Engine) -> None:
    migrate(old)
    with old.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, metadata) == []
        lite, big = "SELECT name FROM sqlite_master WHERE type = 'index'", "SELECT indexname FROM pg_indexes"
        indexes = set(connection.execute(text(lite if old.dialect.name == "sqlite" else big)).scalars())
    assert {index.name for table in metadata.sorted_tables for index in table.indexes} <= indexes
    assert APPEND_ONLY.keys() <= metadata.tables.keys()
