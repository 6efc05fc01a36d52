"""Runs the work beside requests, for as long as the server runs.

`repeat` goes on while the database is away. Any other error ends a task: it is logged and counted, and the task is
started again after a pause that grows while it keeps failing.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TypeVar

from forecourt.errors import Unavailable

T = TypeVar("T")
Worker = Callable[[], Coroutine[None, None, None]]
FIRST_PAUSE = 1.0  # seconds before a task that ended starts again; doubled each time
LONGEST_PAUSE = 300.0  # seconds; a task that has run for so long counts as whole again
log = logging.getLogger(__name__)


async def repeat(name: str, work: Callable[[], Awaitable[T]], wait: Callable[[T | None], Awaitable[object]]) -> None:
    """Runs `work`, then `wait`, again and again until cancelled. `name` is what the log calls the work.

    `wait` is given what `work` returned, or None where the database was away. Raises every other error.
    """
    while True:
        result: T | None = None
        try:
            result = await work()
        except Unavailable as error:
            log.warning("%s: %s", name, error)
        await wait(result)


@dataclass(slots=True)
class TaskState:
    """Holds how one task fares: how often it ended in a row, and how often it was started again in all."""

    is_running: bool = False
    started_at: float = 0.0  # by the monotonic clock
    failures: int = 0
    restarts: int = 0
    last_error: str = ""

    def has_failed(self) -> bool:
        """Checks whether the task has ended by itself, and has not yet run for long since."""
        return self.failures > 0 and not (self.is_running and self._has_run_long())

    def record_end(self, name: str, error: BaseException | None) -> float:
        """Logs the end, with the traceback where the error is a new one. Returns the pause in seconds."""
        self.is_running = False
        self.failures = 1 if self._has_run_long() else self.failures + 1
        self.restarts += 1
        pause: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures - 1, 16))
        reason = repr(error) if error else "it returned"
        is_new, self.last_error = reason != self.last_error, reason
        trace = error if is_new and error else None
        log.error("task %s ended (%s); it starts again in %.0f s", name, reason, pause, exc_info=trace)
        return pause

    def _has_run_long(self) -> bool:
        return time.monotonic() - self.started_at >= LONGEST_PAUSE


class BackgroundTasks:
    """Runs each worker as a task. `states` says how each fares, by its name."""

    def __init__(self) -> None:
        self.states: dict[str, TaskState] = {}
        self._workers: dict[str, Worker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @contextlib.asynccontextmanager
    async def run(self, workers: Mapping[str, Worker]) -> AsyncIterator[None]:
        """Runs the workers beside the block, and cancels them at its end."""
        self._start(workers)
        try:
            yield
        finally:
            await self._stop(list(self._tasks))

    @contextlib.asynccontextmanager
    async def replace(self, workers: Mapping[str, Worker]) -> AsyncIterator[None]:
        """Stops the workers that `workers` does not hold, runs the block, then starts those that are new.

        One that is the same object goes on undisturbed.
        """
        await self._stop([name for name, worker in self._workers.items() if workers.get(name) is not worker])
        for name in self.states.keys() - workers.keys():
            del self.states[name]
        try:
            yield
        finally:
            self._start({name: worker for name, worker in workers.items() if name not in self._tasks})

    def _start(self, workers: Mapping[str, Worker]) -> None:
        for name, worker in workers.items():
            self.states[name], self._workers[name] = TaskState(), worker
            self._tasks[name] = asyncio.create_task(self._supervise(name, worker))

    async def _stop(self, names: list[str]) -> None:
        tasks = [self._tasks[name] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for name in names:
            del self._tasks[name], self._workers[name]

    def failed_tasks(self) -> list[str]:
        return [name for name, state in self.states.items() if state.has_failed()]

    async def _supervise(self, name: str, worker: Worker) -> None:
        state = self.states[name]
        while True:
            state.is_running, state.started_at = True, time.monotonic()
            await asyncio.sleep(state.record_end(name, await _run_to_its_end(name, worker)))


async def _run_to_its_end(name: str, worker: Worker) -> BaseException | None:
    """Returns what ended the worker. Raises `CancelledError` where this task is cancelled, whatever else is raised."""
    task, reason = asyncio.current_task(), None
    try:
        await worker()
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        reason = error
    if task and task.cancelling():
        if isinstance(reason, Exception):
            log.warning("task %s was stopped, and could not finish: %r", name, reason)
        raise asyncio.CancelledError
    return reason
