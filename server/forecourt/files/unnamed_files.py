"""Removes the files that no message names, until it is cancelled."""

from asyncio import sleep

from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.files.actions import UNNAMED_AT_ONCE, remove_unnamed

PAUSE = 300.0  # seconds between two looks


async def run(database: Database) -> None:
    async def wait(count: int | None) -> None:
        await sleep(0 if count == UNNAMED_AT_ONCE else PAUSE)

    async def work() -> int:
        return await database.write(remove_unnamed)

    await repeat("unnamed files", work, wait)
