"""Background work goes on while the database is away, and a task that ends is logged, counted and started again."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from forecourt import background
from forecourt.background import BackgroundTasks, TaskState, repeat
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE, wait_until_async

pytestmark = pytest.mark.anyio


class Rounds:
    """Raises one error a round; once there is none left, it sets `is_over` and waits."""

    def __init__(self, *errors: BaseException | None):
        self._errors = iter(errors)
        self.results = list[object]()
        self.is_over = asyncio.Event()

    async def work(self) -> str:
        if error := next(self._errors, None):
            raise error
        return "done"

    async def wait(self, result: object) -> None:
        self.results.append(result)
        if result:
            self.is_over.set()
            await asyncio.Event().wait()

    async def run(self) -> None:
        await repeat("test", self.work, self.wait)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Lists the pauses, and lets none of them take any time."""
    recorded = list[float]()
    record_end = TaskState.record_end

    def record(state: TaskState, name: str, error: BaseException | None) -> float:
        recorded.append(record_end(state, name, error))
        return 0

    monkeypatch.setattr(TaskState, "record_end", record)
    return recorded


async def run_until(tasks: BackgroundTasks, rounds: Rounds, is_over: asyncio.Event | None = None) -> None:
    async with tasks.run({"test": rounds.run}), asyncio.timeout(DEADLINE):
        await (is_over or rounds.is_over).wait()


async def test_work_goes_on_while_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    rounds, tasks = Rounds(Unavailable("away"), Unavailable("away")), BackgroundTasks()
    await run_until(tasks, rounds)
    assert rounds.results == [None, None, "done"]
    assert tasks.states["test"].restarts == 0
    assert caplog.text.count("away") == 2


async def test_a_task_that_ended_starts_again_after_growing_pauses(pauses: list[float]) -> None:
    rounds, tasks = Rounds(*(ValueError("unexpected") for _ in range(12))), BackgroundTasks()
    await run_until(tasks, rounds)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert tasks.states["test"].restarts == 12
    assert tasks.failed_tasks() == ["test"]


async def test_whatever_ends_a_task_it_is_started_again(pauses: list[float]) -> None:
    errors = [SystemExit(), asyncio.CancelledError(), StopAsyncIteration(), RuntimeError("x"), MemoryError()]
    rounds, tasks = Rounds(*errors), BackgroundTasks()
    await run_until(tasks, rounds)
    assert tasks.states["test"].restarts == len(errors)


async def test_a_task_that_returns_is_started_again(pauses: list[float]) -> None:
    returns, is_over = iter(range(3)), asyncio.Event()

    async def work() -> None:
        if next(returns, None) is None:
            is_over.set()
            await asyncio.Event().wait()

    tasks = BackgroundTasks()
    async with tasks.run({"test": work}), asyncio.timeout(DEADLINE):
        await is_over.wait()
    assert tasks.states["test"].restarts == 3


async def test_an_error_is_logged_with_its_traceback_once(
    pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await run_until(BackgroundTasks(), Rounds(*(ValueError("unexpected") for _ in range(5))))
    assert caplog.text.count("Traceback") == 1
    assert caplog.text.count("starts again") == 5


async def test_a_task_that_has_run_for_long_counts_as_whole_again(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LONGEST_PAUSE", 0)  # every run is long
    tasks = BackgroundTasks()
    async with tasks.run({"test": Rounds(ValueError(), ValueError()).run}):
        await wait_until_async(lambda: as_coroutine(lambda: tasks.states["test"].restarts == 2))
        assert tasks.failed_tasks() == []
    assert tasks.states["test"].failures == 1


async def as_coroutine(read: Callable[[], bool]) -> bool:
    return read()


async def test_one_tasks_end_leaves_the_others_alone(pauses: list[float]) -> None:
    healthy, failing, tasks = Rounds(), Rounds(ValueError()), BackgroundTasks()
    async with tasks.run({"healthy": healthy.run, "failing": failing.run}), asyncio.timeout(DEADLINE):
        await failing.is_over.wait()
        await healthy.is_over.wait()
    assert (tasks.states["healthy"].restarts, tasks.states["failing"].restarts) == (0, 1)


async def test_a_stopped_task_is_not_started_again_whatever_it_raises(pauses: list[float]) -> None:
    has_begun = asyncio.Event()

    async def fail_while_it_is_stopped() -> None:
        has_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise Unavailable("the database is away")

    tasks = BackgroundTasks()
    async with asyncio.timeout(DEADLINE), tasks.run({"test": fail_while_it_is_stopped}):
        await has_begun.wait()
    assert tasks.states["test"].restarts == 0
