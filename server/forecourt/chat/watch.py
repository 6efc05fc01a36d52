"""Looks, now and then, for chats that nobody has answered."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from forecourt.chat.actions import Alarm, alert_unanswered
from forecourt.db.database import Database
from forecourt.errors import Unavailable

LOOK_EVERY = 15.0  # seconds at most between two looks
log = logging.getLogger(__name__)


async def run(database: Database, alarms: Sequence[Alarm]) -> None:
    """Until cancelled."""
    pause = min([LOOK_EVERY, *(alarm.after.total_seconds() / 2 for alarm in alarms)])
    while True:
        await asyncio.sleep(pause)
        for alarm in alarms:
            try:
                await database.write(partial(alert_unanswered, alarm=alarm))
            except Unavailable as error:
                log.warning("unanswered chats: %s", error)
