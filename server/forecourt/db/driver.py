"""Describes what the driver of each database engine offers to `Database`."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from forecourt.db.notify import ListenerHub

T = TypeVar("T")
Job = Callable[[Connection], T]
MAX_QUEUED_JOBS = 4096  # jobs; one more is refused


class Driver(Protocol):
    """Runs jobs on one database engine.

    `read` and `write` do not block the event loop, and raise `Unavailable` when the engine cannot serve.
    `read_snapshot` blocks its caller: it reads one snapshot for as long as it takes, and keeps no writer waiting.
    """

    engine: Engine

    async def start(self, hub: ListenerHub) -> None: ...
    async def read(self, job: Job[T]) -> T: ...
    async def write(self, job: Job[T]) -> T: ...
    def read_snapshot(self, job: Job[T]) -> T: ...
    async def close(self) -> None: ...
