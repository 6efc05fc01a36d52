"""Seals what was appended: within seconds every record is a leaf of the log, under a signed checkpoint."""

import asyncio
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent.log import checkpoint, leaf, store, tree
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.store import Head
from forecourt.db.database import Database
from forecourt.forever import each_round

EVERY = 1.0  # seconds
STOPS_WITHIN = 5.0  # seconds
AT_ONCE = 2000  # records a transaction: others wait for it
# On PostgreSQL a lower seq may commit after a higher: longer than any transaction. SQLite has one writer, and a second
# look at what it wrote in the last minute would take up to half of its time.
SETTLED_AFTER = timedelta(minutes=1)


async def run(database: Database, key: Ed25519PrivateKey) -> None:
    """Until cancelled, and then what is left. Another process that seals at the same moment is let alone."""

    async def pause(sealed: object) -> None:
        if sealed != AT_ONCE:
            await asyncio.sleep(EVERY)

    piece = partial(seal, key=key)
    try:
        await each_round("consent log", lambda: database.write(piece), pause)
    finally:  # a stopped server leaves nothing that `verify` finds unsealed
        async with asyncio.timeout(STOPS_WITHIN):
            while await database.write(piece) == AT_ONCE:
                pass


def seal(connection: Connection, key: Ed25519PrivateKey, most: int = AT_ONCE) -> int:
    """Appends up to `most` leaves and a checkpoint over them. Returns how many."""
    if not store.is_alone(connection):
        return 0
    settled = clock.now() - (SETTLED_AFTER if connection.dialect.name == "postgresql" else timedelta())
    rows = store.unsealed(connection, settled, most)
    if not rows:
        return 0
    before = store.head(connection)
    after = before.size + len(rows)
    store.add(connection, before.size, rows, [leaf.hashed(row) for row in rows])
    tree.complete(connection, before.size, after)
    note = checkpoint.sign(key, Checkpoint(after, tree.hash_of(connection)(0, after)))
    store.add_checkpoint(connection, Head(after, max(before.through, rows[-1][0]), note), clock.now())
    return len(rows)
