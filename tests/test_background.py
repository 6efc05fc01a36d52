"""Work that goes on whatever one round meets."""

import asyncio
import logging

import pytest

from forecourt.background import repeat
from forecourt.errors import Unavailable
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio


async def test_no_fault_ends_it_and_none_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    rounds = iter([Unavailable("away"), ValueError("unexpected"), None])
    done, enough = list[object](), asyncio.Event()

    async def work() -> str:
        if fault := next(rounds, None):
            raise fault
        return "done"

    async def wait(result: object) -> None:
        done.append(result)
        if len(done) == 3:
            enough.set()
            await asyncio.sleep(60)

    with caplog.at_level(logging.WARNING):
        task = asyncio.create_task(repeat("test", work, wait))
        async with asyncio.timeout(DEADLINE):
            await enough.wait()
        task.cancel()
    assert done == [None, None, "done"]
    assert "away" in caplog.text
    assert "unexpected" in caplog.text
