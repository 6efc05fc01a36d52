"""Sets how long a test waits for what must happen. No busy machine needs as long."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
DEADLINE = 120  # seconds
PAUSE = 0.05  # seconds between two looks


def wait_until(condition: Callable[[], T | None]) -> T:
    """Returns the first true value of `condition`. Use it where there is no event, as for another process's rows."""
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {DEADLINE} seconds"
        time.sleep(PAUSE)
    return value


async def wait_until_async(read: Callable[[], Awaitable[T]], is_enough: Callable[[T], object] = bool) -> T:
    """Returns the first value of `read` that is enough. Use it where there is no event, as for a row."""
    async with asyncio.timeout(DEADLINE):
        while not is_enough(value := await read()):  # noqa: ASYNC110 - what is read has no event
            await asyncio.sleep(PAUSE)
    return value
