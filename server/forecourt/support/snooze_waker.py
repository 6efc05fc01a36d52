"""Brings conversations back whose snooze has ended."""

from asyncio import sleep
from functools import partial

from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.support import store
from forecourt.support.actions import wake_in_time

PAUSE = 15.0  # seconds between two looks
WOKEN_AT_ONCE = 50  # conversations of one look; the next follows at once where there may be more


async def run(database: Database) -> None:
    """Looks for snoozes that have ended until it is cancelled."""
    wake = partial(database.write, wake_ended)
    await repeat("snoozes", wake, lambda count: sleep(0 if count == WOKEN_AT_ONCE else PAUSE))


def wake_ended(connection: Connection) -> int:
    """Wakes each once, however many processes look at the same time. Returns how many snoozes had ended."""
    now = clock.now()
    conversations = store.find_ended_snoozes(connection, now, WOKEN_AT_ONCE)
    for conversation in conversations:
        wake_in_time(connection, conversation, now)
    return len(conversations)
