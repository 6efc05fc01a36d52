"""Seals what was appended: within seconds every record is a leaf of the log, under a signed checkpoint."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import repeat
from forecourt.consent.log import checkpoint, leaf, store, tree
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.store import LogHead
from forecourt.db.database import Database
from forecourt.errors import LogBroken

log = logging.getLogger(__name__)
EVERY = 1.0  # seconds
AFTER_A_FAULT = 60.0  # seconds
STOPS_WITHIN = 5.0  # seconds
AT_ONCE = 2000  # records a transaction: others wait for it
# On PostgreSQL a lower seq may commit after a higher: longer than any transaction. SQLite has one writer, and a second
# look at what it wrote in the last minute would take up to half of its time.
SETTLED_AFTER = timedelta(minutes=1)


async def run(database: Database, key: Ed25519PrivateKey) -> None:
    """Until cancelled, and then what is left. Another process that seals at the same moment is let alone."""

    async def work() -> int:
        try:
            return await database.write(piece)
        except LogBroken as error:
            log.error("records are not sealed from here: %s", error)
            return -1

    async def pause(sealed: object) -> None:
        if sealed != AT_ONCE:
            await asyncio.sleep(AFTER_A_FAULT if sealed == -1 else EVERY)

    piece = partial(seal, key=key)
    try:
        await repeat("consent log", work, pause)
    finally:  # a stopped server leaves nothing that `verify` finds unsealed
        async with asyncio.timeout(STOPS_WITHIN):
            while await database.write(piece) == AT_ONCE:
                pass


def seal(connection: Connection, key: Ed25519PrivateKey, most: int = AT_ONCE) -> int:
    """Appends up to `most` leaves and a checkpoint over them. Returns how many.

    Raises `LogBroken` where another key sealed before: a log with two verifies with neither.
    """
    if not store.is_alone(connection):
        return 0
    settled = clock.now() - (SETTLED_AFTER if connection.dialect.name == "postgresql" else timedelta())
    rows = store.unsealed(connection, settled, most)
    if not rows:
        return 0
    before = store.head(connection)
    if before.note:
        checkpoint.read(before.note, key.public_key())
    after = before.size + len(rows)
    store.add(connection, before.size, rows, [leaf.hashed(row) for row in rows])
    tree.complete(connection, before.size, after)
    note = checkpoint.sign(key, Checkpoint(after, tree.hash_of(connection)(0, after)))
    store.add_checkpoint(connection, LogHead(after, max(before.last_consent_seq, rows[-1][0]), note), clock.now())
    return len(rows)
