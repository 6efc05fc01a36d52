"""Describes what the driver of each database engine offers to `Database`."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from forecourt.db.notify import ListenerHub

T = TypeVar("T")
Job = Callable[[Connection], T]
MAX_QUEUED_JOBS = 4096  # jobs; one more is refused
DEADLINE = 10.0  # seconds; a caller that waited so long gets `Unavailable`


class Driver(Protocol):
    """Runs jobs on one database engine.

    `interruptions` counts what had to be begun again: a writer thread (SQLite), a silent connection (PostgreSQL).
    `read` and `write` do not block the event loop, and raise `Unavailable` when the engine cannot serve.
    `read_snapshot` blocks its caller: it reads one snapshot for as long as it takes, and keeps no writer waiting.
    """

    engine: Engine

    @property
    def interruptions(self) -> int: ...
    async def start(self, hub: ListenerHub) -> None: ...
    async def read(self, job: Job[T]) -> T: ...
    async def write(self, job: Job[T]) -> T: ...
    def read_snapshot(self, job: Job[T]) -> T: ...
    def find_problem(self) -> str | None:
        """Returns a sentence that says why the driver itself cannot write, and None where it can."""

    async def close(self) -> None: ...


def to_job_error(error: BaseException) -> Exception:
    """Returns what the caller of a job is told that raised `error`.

    asyncio's futures refuse `StopIteration`, and an error that is no `Exception` (`SystemExit`, `GeneratorExit`,
    `CancelledError`) would end the event loop or the caller. Both become a `RuntimeError`.
    """
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failure = RuntimeError(f"a database job raised {type(error).__name__}")
    failure.__cause__ = error
    return failure
