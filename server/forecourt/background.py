"""Work that goes on as long as the server does: no fault of one round ends it, and none is silent."""

import logging
from collections.abc import Awaitable, Callable

from forecourt.errors import Unavailable

log = logging.getLogger(__name__)


async def each_round(
    name: str, work: Callable[[], Awaitable[object]], wait: Callable[[object], Awaitable[object]]
) -> None:
    """Until cancelled: `work`, then `wait` with what it returned (None after a fault)."""
    while True:
        done = None
        try:
            done = await work()
        except Unavailable as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s: an unexpected fault; it goes on", name)
        await wait(done)
