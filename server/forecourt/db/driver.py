"""What each engine's driver promises to the database in front of it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from forecourt.db.notify import ListenerHub

T = TypeVar("T")
Job = Callable[[Connection], T]
WAITING_AT_MOST = 4096  # jobs in the queue; one more is refused


class Driver(Protocol):
    """One engine's way. `read` and `write` block no loop, and raise `Unavailable` when it cannot serve.

    `at_leisure` reads for as long as it takes, from one snapshot, and keeps no writer waiting.
    """

    engine: Engine

    async def start(self, hub: ListenerHub) -> None: ...
    async def read(self, job: Job[T]) -> T: ...
    async def write(self, job: Job[T]) -> T: ...
    def at_leisure(self, job: Job[T]) -> T: ...
    async def close(self) -> None: ...
