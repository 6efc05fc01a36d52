"""Delivers what is due once, for tests that run no lane."""

import asyncio
from functools import partial

from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.delivery_worker import LANE_WIDTH, ReplyListener, deliver, ignore_reply
from forecourt.mail.model import Channel
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.transport import Transport


async def deliver_due(database: Database, transport: Transport, listener: ReplyListener = ignore_reply) -> int:
    """Tries one batch of due items of each channel at once. Returns how many it tried."""
    batch: list[LeasedItem] = []
    for channel in Channel:
        batch += await database.write(partial(outbox.lease_due, channel=channel, most=LANE_WIDTH))
    await asyncio.gather(*(deliver(database, transport, listener, item) for item in batch))
    return len(batch)
