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
AT_ONCE = 2000  # records a transaction: others wait for it
SETTLED_AFTER = timedelta(minutes=1)  # longer than any transaction: on PostgreSQL a lower seq may commit after a higher


async def run(database: Database, key: Ed25519PrivateKey) -> None:
    """Until cancelled. Another process that seals at the same moment is let alone."""

    async def pause(sealed: object) -> None:
        if sealed != AT_ONCE:
            await asyncio.sleep(EVERY)

    await each_round("consent log", lambda: database.write(partial(seal, key=key)), pause)


def seal(connection: Connection, key: Ed25519PrivateKey, most: int = AT_ONCE) -> int:
    """Appends up to `most` leaves and a checkpoint over them. Returns how many."""
    if not store.is_alone(connection):
        return 0
    rows = store.unsealed(connection, clock.now() - SETTLED_AFTER, most)
    if not rows:
        return 0
    before = store.head(connection)
    after = before.size + len(rows)
    store.add(connection, before.size, rows, [leaf.hashed(row) for row in rows])
    tree.complete(connection, before.size, after)
    note = checkpoint.sign(key, Checkpoint(after, tree.hash_of(connection)(0, after)))
    store.add_checkpoint(connection, Head(after, max(before.through, rows[-1].seq), note), clock.now())
    return len(rows)
