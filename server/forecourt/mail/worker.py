"""Sends what the outbox holds. At least once: a crash between the relay's "yes" and ours sends one mail again."""

import asyncio
import logging
from functools import partial

from forecourt.db.database import Database
from forecourt.forever import each_round
from forecourt.mail import outbox
from forecourt.mail.outbox import Leased
from forecourt.mail.transport import Deferred, Rejected, Transport

POLL = 5.0  # seconds; under the wake-ups, and for what was deferred
log = logging.getLogger(__name__)


async def run(database: Database, transport: Transport) -> None:
    """Until cancelled. No fault of one mail, of the relay or of the database ends it."""
    with database.listen(outbox.TOPIC) as listener:

        async def pause(tried: object) -> None:
            if not tried:
                await listener.wait(POLL)

        await each_round("outbox", partial(drain, database, transport), pause)


async def drain(database: Database, transport: Transport) -> int:
    """One batch. Returns how many mails were tried."""
    batch = await database.write(outbox.lease)
    await asyncio.gather(*(_send(database, transport, mail) for mail in batch))
    return len(batch)


async def _send(database: Database, transport: Transport, mail: Leased) -> None:
    try:
        said = await transport.send(mail)
    except Rejected as error:
        log.warning("mail %s was refused: %s", mail.id, error)
        said, settle = str(error), outbox.refused
    except Deferred as error:
        log.info("mail %s waits: %s", mail.id, error)
        said, settle = str(error), outbox.deferred
    except Exception as error:
        log.exception("mail %s met an unexpected fault; it waits", mail.id)
        said, settle = repr(error), outbox.deferred
    else:
        settle = outbox.accepted
    await database.write(lambda connection: settle(connection, mail, said))
