"""Fills a database with consents, sealed, as if visitors had come for months: 5,000,000 records take two minutes.

One choice is made by the real code. The database then copies the rows it was stored as, again and again, each with
names and a time of its own, and seals them by the real functions: nothing of it is gathered in this process.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, select, text

from bench import postgres_profile
from forecourt import clock, demo
from forecourt.app import Application
from forecourt.consent.commitment import commit_values
from forecourt.consent.log import checkpoint, leaf, log_key, store, tree
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.leaf import LeafRow
from forecourt.consent.log.sealing import BATCH_SIZE
from forecourt.consent.log.store import LogHead, NewLeaf
from forecourt.db.append_only import APPEND_ONLY, append_only_ddl
from forecourt.db.database import open_database
from forecourt.db.log_queue import LeafKind
from forecourt.db.migrate import migrate
from forecourt.db.tables import consent_details, consents, visitors
from forecourt.settings.server import Settings
from forecourt.signing_keys import SigningKeys

A_VISIT = 2  # records: the choice, and that the privacy policy was read
APART = 2000  # milliseconds between two visits: 5,000,000 records are of two months
PIECE = 100_000  # records a transaction
_NAME = {
    "sqlite": "printf('%012x', {ms}) || lower(hex(randomblob(10)))",
    "postgresql": "lpad(to_hex({ms}), 12, '0') || right(replace(gen_random_uuid()::text, '-', ''), 20)",
}
_RECEIPT = "substr({visitor}, 1, 8) || {visitor} || {visitor}"  # as long as a digest, and in order of time as one is
_COMMITTED = {
    "sqlite": "committed({receipt})",
    "postgresql": "encode(sha256(:outer || sha256(:inner || convert_to({receipt} || '\"}}', 'UTF8'))), 'hex')",
}
_TIMES = (
    "(WITH RECURSIVE times(ms) AS (SELECT CAST(:first AS BIGINT)"
    f" UNION ALL SELECT ms + {APART} FROM times WHERE ms + {APART} < :end) SELECT ms FROM times) AS t"
)
_PERSONAL = [consent_details.c[name] for name in ("salt", "origin", "address", "browser", "path")]
_FILLING = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "locking_mode=EXCLUSIVE")


def fill_database(data: Path, records: int, database_url: str | None = None) -> None:
    """Stores an even number of `records` in the folder or database that a server is started on afterwards."""
    data.mkdir(mode=0o700)
    asyncio.run(_store_one_visit(data, database_url))
    engine = open_database(database_url, data).engine
    with engine.connect() as connection, _without_triggers(connection):
        _copy_visits(connection, records // A_VISIT - 1)
        _seal(connection, log_key.load_or_create_key(data), records)
    engine.dispose()


async def _store_one_visit(data: Path, database_url: str | None) -> None:
    database = open_database(database_url, data)
    migrate(database.engine)
    application = Application(Settings(data=data, sites={"main": demo.demo_site(1)}), database, SigningKeys(("bench",)))
    await database.start()
    await application.site_loader.load()
    await postgres_profile.make_chooser(application)()
    await database.close()


@contextlib.contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Lets SQLite neither wait for the disk nor look each row up before it is inserted, while it is filled."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET synchronous_commit = off"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.commit()
        yield
        return
    looked_up = {
        table: [*append_only_ddl("sqlite", table, *APPEND_ONLY[table])][-1] for table in ("consents", "log_leaves")
    }
    driver = _driver_connection(connection)
    for pragma in _FILLING:
        driver.execute(f"PRAGMA {pragma}")
    for table in looked_up:
        driver.execute(f"DROP TRIGGER {table}_no_replace")
    yield
    for trigger in looked_up.values():
        driver.execute(trigger)
    driver.execute("PRAGMA journal_mode=WAL")


def _copy_visits(connection: Connection, visits: int) -> None:
    with connection.begin():
        visitor = connection.execute(select(visitors.c.id)).scalar_one()
        salt, *about = connection.execute(select(*_PERSONAL)).one()
    if connection.dialect.name == "sqlite":
        _driver_connection(connection).create_function("committed", 1, partial(commit_values, salt, *about))
        blocks = {}
    else:
        blocks = _hmac(salt, about)
    last_time, piece = int(visitor[:12], 16), PIECE // A_VISIT * APART
    for start in range(last_time - visits * APART, last_time, piece):
        end = min(start + piece, last_time)
        parameters = blocks | {
            "like": visitor,
            "first": start,
            "end": end,
            "from": f"{start:012x}",
            "to": f"{end:012x}",
        }
        with connection.begin():
            for statement in _copy_statements(connection.dialect.name):
                connection.execute(text(statement), parameters)


def _copy_statements(dialect: str) -> Iterator[str]:
    """Yields statements that copy the visitor `:like`, their records and details to the visitors made in between."""
    name, committed_to = _NAME[dialect], _COMMITTED[dialect].format(receipt=_RECEIPT.format(visitor="v.id"))
    new_values = {"id": name.format(ms="t.ms"), "created_at": "t.ms * 1000"}
    yield _copy(visitors, new_values, f"{_TIMES} CROSS JOIN visitors k WHERE k.id = :like")
    new_values = {"id": name.format(ms="v.created_at / 1000"), "visitor": "v.id", "created_at": "v.created_at"}
    new_values |= {"commitment": f"CASE k.commitment WHEN '' THEN '' ELSE {committed_to} END"}
    those = "v.id >= :from AND v.id < :to AND k.visitor = :like ORDER BY v.id, k.seq"
    yield _copy(consents, new_values, f"visitors v CROSS JOIN consents k WHERE {those}")
    of_like = "k.consent = (SELECT id FROM consents WHERE visitor = :like AND kind = 'consent')"
    those = f"c.id >= :from AND c.id < :to AND c.kind = 'consent' AND {of_like}"
    new_values = {"consent": "c.id", "receipt_hash": _RECEIPT.format(visitor="c.visitor")}
    yield _copy(consent_details, new_values, f"consents c CROSS JOIN consent_details k WHERE {those}")


def _hmac(salt: str, about: Sequence[str]) -> dict[str, bytes]:
    """Returns the blocks that HMAC-SHA256 hashes first (RFC 2104), and what is committed to up to the receipt."""
    values = dict(sorted(zip(("origin", "address", "browser", "path"), about, strict=True)))
    metadata = json.dumps({name: value for name, value in values.items() if value}, separators=(",", ":"))
    block = salt.encode().ljust(64, b"\0")
    inner, outer = (bytes(each ^ pad for each in block) for pad in (0x36, 0x5C))
    return {"inner": inner + metadata[:-1].encode() + b',"receipt":"', "outer": outer}


def _copy(table: Table, new_values: dict[str, str], source: str) -> str:
    copied_columns = [each.name for each in table.c if each.name not in new_values and each.autoincrement is not True]
    values = [*new_values.values(), *(f"k.{name}" for name in copied_columns)]
    columns = ", ".join([*new_values, *copied_columns])
    return f"INSERT INTO {table.name} ({columns}) SELECT {', '.join(values)} FROM {source}"


def _seal(connection: Connection, key: Ed25519PrivateKey, records: int) -> None:
    """Seals with a checkpoint after as many records as a busy server takes at once."""
    if connection.dialect.name == "sqlite":
        _driver_connection(connection).create_function("leaf_hash", len(leaf.FIELDS), lambda *row: leaf.hash_leaf(row))
    for piece in range(0, records, PIECE):
        with connection.begin():
            for first in range(piece, min(piece + PIECE, records), BATCH_SIZE):
                _append(connection, key, first, min(first + BATCH_SIZE, records))


def _append(connection: Connection, key: Ed25519PrivateKey, first: int, end: int) -> None:
    """Does what `sealing.seal` does, but inside SQLite: no row is read here and no leaf is sent back."""
    those, parameters = "FROM consents WHERE seq > :first AND seq <= :end ORDER BY seq", {"first": first, "end": end}
    if connection.dialect.name == "sqlite":
        columns = ", ".join(str(each.compile(dialect=connection.dialect)) for each in leaf.leaf_columns())
        statement = f"INSERT INTO log_leaves (position, record, hash) SELECT seq - 1, id, leaf_hash({columns}) {those}"
        connection.execute(text(statement), parameters)
    else:
        is_in_range = (consents.c.seq > first) & (consents.c.seq <= end)
        records = connection.execute(select(*leaf.leaf_columns()).where(is_in_range).order_by(consents.c.seq)).all()
        rows = cast(Sequence[LeafRow], records)
        leaves = [NewLeaf(LeafKind.CONSENT, row[1], leaf.hash_leaf(row)) for row in rows]
        store.add_leaves(connection, first, leaves)
    tree.store_complete_subtrees(connection, first, end)
    note = checkpoint.sign(key, Checkpoint(end, tree.range_hasher(connection)(0, end)))
    store.add_checkpoint(connection, LogHead(end, end, note), clock.now())


def _driver_connection(connection: Connection) -> Any:
    return connection.connection.driver_connection
