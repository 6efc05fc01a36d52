"""Background work goes on after an error, and every error is logged."""

import asyncio
import logging

import pytest

from forecourt.background import repeat
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio


async def test_no_error_ends_the_work_and_every_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    rounds = iter([Unavailable("away"), ValueError("unexpected"), None])
    results, has_ended = list[object](), asyncio.Event()

    async def work() -> str:
        if error := next(rounds, None):
            raise error
        return "done"

    async def wait(result: object) -> None:
        results.append(result)
        if len(results) == 3:
            has_ended.set()
            await asyncio.Event().wait()

    with caplog.at_level(logging.WARNING):
        task = asyncio.create_task(repeat("test", work, wait))
        async with asyncio.timeout(DEADLINE):
            await has_ended.wait()
        task.cancel()
    assert results == [None, None, "done"]
    assert "away" in caplog.text
    assert "unexpected" in caplog.text
