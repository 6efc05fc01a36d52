"""Sends what the outbox holds, at least once: a crash between the relay's "yes" and the commit sends one mail again."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.model import DeliveryDeferred, DeliveryRejected, DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.transport import Transport

POLL_SECONDS = 5.0  # finds deferred items, and new ones where a wake-up was lost
log = logging.getLogger(__name__)

ReplyListener = Callable[[Connection, LeasedItem, DeliveryReply], None]
"""Is called with each reply, in the transaction that records it."""


def _ignore_reply(connection: Connection, item: LeasedItem, reply: DeliveryReply) -> None:
    pass


async def run(database: Database, transport: Transport, listener: ReplyListener = _ignore_reply) -> None:
    """Delivers until it is cancelled. No failure of one item, of the relay or of the database ends it."""
    with database.listen(outbox.TOPIC) as wake_ups:

        async def pause(count: object) -> None:
            if not count:
                await wake_ups.wait(POLL_SECONDS)

        await repeat("outbox", partial(deliver_due, database, transport, listener), pause)


async def deliver_due(database: Database, transport: Transport, listener: ReplyListener = _ignore_reply) -> int:
    """Tries one batch of due items at once. Returns how many it tried."""
    batch = await database.write(outbox.lease_due)
    await asyncio.gather(*(_deliver(database, transport, listener, item) for item in batch))
    return len(batch)


async def _deliver(database: Database, transport: Transport, listener: ReplyListener, item: LeasedItem) -> None:
    try:
        reply, record = await transport.send(item), outbox.record_accepted
    except DeliveryRejected as error:
        log.warning("mail %s was refused: %s", item.id, error)
        reply, record = error.reply, outbox.record_rejected
    except DeliveryDeferred as error:
        log.info("mail %s waits: %s", item.id, error)
        reply, record = error.reply, outbox.record_deferred
    except Exception as error:
        log.exception("mail %s met an unexpected fault; it waits", item.id)
        reply, record = DeliveryReply(repr(error)), outbox.record_deferred

    def store(connection: Connection) -> None:
        record(connection, item, reply)
        listener(connection, item, reply)

    try:
        await database.write(store)
    except Exception:  # its neighbours are stored all the same, and its lease ends
        log.exception("mail %s: what came of it could not be stored; it is tried again", item.id)
