"""Sends what the outbox holds. At least once: a crash between the relay's "yes" and ours sends one mail again."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.model import Deferred, DeliveryReply, Rejected
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.transport import Transport

POLL = 5.0  # seconds; under the wake-ups, and for what was deferred
log = logging.getLogger(__name__)


Hear = Callable[[Connection, LeasedItem, DeliveryReply], None]
"""Told of each answer, in the transaction that settles it."""


def _deaf(connection: Connection, mail: LeasedItem, answer: DeliveryReply) -> None:
    pass


async def run(database: Database, transport: Transport, hear: Hear = _deaf) -> None:
    """Until cancelled. No fault of one mail, of the relay or of the database ends it."""
    with database.listen(outbox.TOPIC) as listener:

        async def pause(tried: object) -> None:
            if not tried:
                await listener.wait(POLL)

        await repeat("outbox", partial(drain, database, transport, hear), pause)


async def drain(database: Database, transport: Transport, hear: Hear = _deaf) -> int:
    """One batch. Returns how many mails were tried."""
    batch = await database.write(outbox.lease)
    await asyncio.gather(*(_send(database, transport, hear, mail) for mail in batch))
    return len(batch)


async def _send(database: Database, transport: Transport, hear: Hear, mail: LeasedItem) -> None:
    try:
        answer, settle = await transport.send(mail), outbox.accepted
    except Rejected as error:
        log.warning("mail %s was refused: %s", mail.id, error)
        answer, settle = error.answer, outbox.refused
    except Deferred as error:
        log.info("mail %s waits: %s", mail.id, error)
        answer, settle = error.answer, outbox.deferred
    except Exception as error:
        log.exception("mail %s met an unexpected fault; it waits", mail.id)
        answer, settle = DeliveryReply(repr(error)), outbox.deferred

    def settled(connection: Connection) -> None:
        settle(connection, mail, answer)
        hear(connection, mail, answer)

    await database.write(settled)
