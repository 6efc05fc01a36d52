"""Repeats background work for as long as the server runs. An error in one round is logged and ends nothing."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from forecourt.errors import Unavailable

T = TypeVar("T")
log = logging.getLogger(__name__)


async def repeat(name: str, work: Callable[[], Awaitable[T]], wait: Callable[[T | None], Awaitable[object]]) -> None:
    """Runs `work`, then `wait`, again and again until cancelled.

    `wait` is given what `work` returned, or None after an error. `name` is what the log calls the work.
    """
    while True:
        result: T | None = None
        try:
            result = await work()
        except Unavailable as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s: an unexpected error; the work goes on", name)
        await wait(result)
