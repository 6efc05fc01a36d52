"""Seals what is appended: within seconds each record is a leaf of the log, under a signed checkpoint."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import repeat
from forecourt.consent.log import checkpoint, leaf, sealing_queue, store, tree
from forecourt.consent.log.checkpoint import Checkpoint
from forecourt.consent.log.sealing_order import SETTLED_AFTER
from forecourt.consent.log.store import LogHead, NewLeaf
from forecourt.db.database import Database
from forecourt.db.log_queue import LeafKind
from forecourt.errors import LogBroken

log = logging.getLogger(__name__)
INTERVAL = 1.0  # seconds
INTERVAL_AFTER_FAULT = 60.0  # seconds
STOP_TIMEOUT = 5.0  # seconds
BATCH_SIZE = 2000  # records in one transaction, which other writes wait for


async def run(database: Database, key: Ed25519PrivateKey) -> None:
    """Seals until it is cancelled, and then what is left. Waits while another process seals."""

    async def work() -> int:
        try:
            return await database.write(seal_batch)
        except LogBroken as error:
            log.error("records are not sealed from here: %s", error)
            return -1

    async def pause(count: object) -> None:
        if count != BATCH_SIZE:
            await asyncio.sleep(INTERVAL_AFTER_FAULT if count == -1 else INTERVAL)

    seal_batch = partial(seal, key=key)
    try:
        await repeat("consent log", work, pause)
    except asyncio.CancelledError:  # a stopped server leaves nothing that `verify` finds unsealed
        async with asyncio.timeout(STOP_TIMEOUT):
            while await database.write(seal_batch) == BATCH_SIZE:
                pass
        raise


def seal(connection: Connection, key: Ed25519PrivateKey, most: int = BATCH_SIZE) -> int:
    """Appends up to `most` leaves and a checkpoint over them. Returns how many leaves.

    Raises `LogBroken` where another key sealed before: a log that two keys sign verifies with neither.
    """
    if not store.try_lock(connection):
        return 0
    # SQLite has one writer, and reading again what it wrote in the last minute would take up to half of its time.
    settled_before = clock.now() - (SETTLED_AFTER if connection.dialect.name == "postgresql" else timedelta())
    rows = store.read_unsealed(connection, settled_before, most)
    queued = sealing_queue.read_leaves(connection, most - len(rows))
    leaves = [NewLeaf(LeafKind.CONSENT, row[1], leaf.hash_leaf(row)) for row in rows] + queued
    if not leaves:
        return 0
    head = store.read_head(connection)
    if head.note:
        checkpoint.read(head.note, key.public_key())
    size = head.size + len(leaves)
    store.add_leaves(connection, head.size, leaves)
    sealing_queue.remove_sealed(connection, queued)
    tree.store_complete_subtrees(connection, head.size, size)
    note = checkpoint.sign(key, Checkpoint(size, tree.range_hasher(connection)(0, size)))
    last_consent_seq = max([head.last_consent_seq, *(row[0] for row in rows[-1:])])
    store.add_checkpoint(connection, LogHead(size, last_consent_seq, note), clock.now())
    return len(leaves)
