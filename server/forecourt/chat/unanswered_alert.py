"""Looks, now and then, for chats that nobody has answered."""

from asyncio import gather, sleep
from collections.abc import Sequence
from functools import partial

from forecourt.background import repeat
from forecourt.chat.actions import UnansweredAlert, alert_unanswered
from forecourt.db.database import Database

LOOK_EVERY = 15.0  # seconds at most between two looks


async def run(database: Database, alarms: Sequence[UnansweredAlert]) -> None:
    """Until cancelled."""
    pause = min([LOOK_EVERY, *(alarm.after.total_seconds() / 2 for alarm in alarms)])
    works = [
        repeat(
            "unanswered chats", partial(database.write, partial(alert_unanswered, alarm=alarm)), lambda _: sleep(pause)
        )
        for alarm in alarms
    ]
    await gather(*works)
