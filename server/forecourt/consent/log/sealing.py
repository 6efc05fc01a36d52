"""Seals what is appended: within seconds each record is a leaf of the log, under a signed checkpoint."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import repeat
from forecourt.consent.log import checkpoint, key_history, leaf, queued_records, store, tree
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


FindKey = Callable[[Connection], Ed25519PrivateKey]
"""Returns the key that seals from here. Raises `LogBroken` with what to do where there is none."""


class Sealer:
    """Seals with a key that it looks for until it has one, and again when another key seals."""

    def __init__(self, database: Database, find_key: FindKey):
        self._database, self._find_key = database, find_key
        self._key: Ed25519PrivateKey | None = None

    async def seal_batch(self) -> int:
        """Returns how many records it sealed. Raises `LogBroken`."""
        if self._key:
            with contextlib.suppress(LogBroken):  # the key was changed, and may be here already
                return await self._database.write(partial(seal, key=self._key))
        self._key = None
        key = await self._database.read(self._find_key)
        sealed_count = await self._database.write(partial(seal, key=key))
        self._key = key
        return sealed_count

    async def seal_rest(self) -> None:
        """Seals what is left, if there is a key that may seal."""
        with contextlib.suppress(LogBroken):
            while self._key and await self._database.write(partial(seal, key=self._key)) == BATCH_SIZE:
                pass


async def run(database: Database, find_key: FindKey) -> None:
    """Seals until it is cancelled, and then what is left. Waits while another process seals."""
    sealer = Sealer(database, find_key)

    async def work() -> int:
        try:
            return await sealer.seal_batch()
        except LogBroken as error:
            log.error("records are not sealed from here: %s", error)
            return -1

    async def pause(count: object) -> None:
        if count != BATCH_SIZE:
            await asyncio.sleep(INTERVAL_AFTER_FAULT if count == -1 else INTERVAL)

    try:
        await repeat("consent log", work, pause)
    except asyncio.CancelledError:  # a stopped server leaves nothing that `verify` finds unsealed
        async with asyncio.timeout(STOP_TIMEOUT):
            await sealer.seal_rest()
        raise


def seal(connection: Connection, key: Ed25519PrivateKey, most: int = BATCH_SIZE) -> int:
    """Appends up to `most` leaves and a checkpoint over them. Returns how many leaves.

    Raises `LogBroken` where another key sealed before, unless it handed over to this one: a log that two keys sign
    verifies with neither.
    """
    if not store.try_lock(connection):
        return 0
    # SQLite has one writer, and reading again what it wrote in the last minute would take up to half of its time.
    settled_before = clock.now() - (SETTLED_AFTER if connection.dialect.name == "postgresql" else timedelta())
    rows = store.read_unsealed(connection, settled_before, most)
    queued = queued_records.read_leaves(connection, most - len(rows))
    leaves = [NewLeaf(LeafKind.CONSENT, row[1], leaf.hash_leaf(row)) for row in rows] + queued
    if not leaves:
        return 0
    head = store.read_head(connection)
    key_history.require_newest(connection, key.public_key())
    size = head.size + len(leaves)
    store.add_leaves(connection, head.size, leaves)
    queued_records.remove_sealed(connection, queued)
    tree.store_complete_subtrees(connection, head.size, size)
    note = checkpoint.sign(key, Checkpoint(size, tree.range_hasher(connection)(0, size)))
    last_consent_seq = max([head.last_consent_seq, *(row[0] for row in rows[-1:])])
    store.add_checkpoint(connection, LogHead(size, last_consent_seq, note), clock.now())
    return len(leaves)
