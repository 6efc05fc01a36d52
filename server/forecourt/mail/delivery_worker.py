"""Sends what the outbox holds, at least once: a crash between the relay's "yes" and the commit sends one mail again.

Mails and webhook calls leave in lanes of their own, so that webhooks that never answer delay no mail.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from sqlalchemy import Connection

from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.db.driver import Job
from forecourt.db.notify import Listener
from forecourt.errors import Unavailable
from forecourt.mail import outbox
from forecourt.mail.model import Channel, DeliveryDeferred, DeliveryRejected, DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.transport import Transport

POLL_SECONDS = 5.0  # finds deferred items, and new ones where a wake-up was lost
LANE_WIDTH = 20  # items of one channel that are under way at once
RECORD_SECONDS = 60.0  # for storing what came of an item while the database is away; a lease lasts longer
LONGEST_RECORD_PAUSE = 8.0  # seconds between two tries of it; the first pause is half a second
STOP_SECONDS = 5.0  # for the items under way when the server stops
log = logging.getLogger(__name__)

ReplyListener = Callable[[Connection, LeasedItem, DeliveryReply, bool], None]
"""Is called with each reply, in the transaction that records it, and with whether there is no further attempt."""


def ignore_reply(connection: Connection, item: LeasedItem, reply: DeliveryReply, is_final: bool) -> None:
    pass


async def run(
    database: Database, transport: Transport, channel: Channel, listener: ReplyListener = ignore_reply
) -> None:
    """Delivers one channel's items until it is cancelled. No failure of one item or of the relay ends it."""
    await DeliveryLane(database, transport, listener, channel).run()


class DeliveryLane:
    """Delivers the items of one channel, up to `LANE_WIDTH` at once. One that ends makes room for the next."""

    def __init__(self, database: Database, transport: Transport, listener: ReplyListener, channel: Channel):
        self._database, self._transport, self._listener, self._channel = database, transport, listener, channel
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Delivers until it is cancelled. What is under way then has a moment to end, or it would be sent again."""
        with self._database.listen(outbox.TOPIC) as wake_ups:

            async def fill() -> int:
                return await self._fill(wake_ups)

            async def pause(count: int | None) -> None:
                if not count:
                    await wake_ups.wait(POLL_SECONDS)

            try:
                await repeat(f"outbox of {self._channel}", fill, pause)
            finally:
                await self._finish()

    async def _finish(self) -> None:
        running = [*self._running]
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _fill(self, wake_ups: Listener) -> int:
        """Starts as many due items as there is room for. Returns how many; each wakes the lane when it has ended."""
        room = LANE_WIDTH - len(self._running)
        if not room:
            return 0
        items = await self._database.write(lambda c: outbox.lease_due(c, self._channel, room))
        for item in items:
            task = asyncio.create_task(deliver(self._database, self._transport, self._listener, item))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            task.add_done_callback(lambda _: wake_ups.wake())
        return len(items)


async def deliver(database: Database, transport: Transport, listener: ReplyListener, item: LeasedItem) -> None:
    """Tries one item and stores what came of it. Raises nothing but what cancels it."""
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
        listener(connection, item, reply, record(connection, item, reply))

    try:
        await _write_soon(database, store)
    except Exception:  # its neighbours are stored all the same, and its lease ends
        log.exception("mail %s: what came of it could not be stored; it is tried again", item.id)


async def _write_soon(database: Database, store: Job[None]) -> None:
    """Writes while `RECORD_SECONDS` last, also where the database is away for a moment. Raises `Unavailable` then.

    A mail whose "yes" is not stored is sent twice.
    """
    end, pause = time.monotonic() + RECORD_SECONDS, 0.5
    while True:
        try:
            return await database.write(store)
        except Unavailable as error:
            if time.monotonic() + pause >= end:
                raise
            log.warning("what came of a mail is not stored yet: %s", error)
        await asyncio.sleep(pause)
        pause = min(LONGEST_RECORD_PAUSE, 2 * pause)
