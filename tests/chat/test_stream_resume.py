"""Checks that a stream goes on where it ended: nothing is missing and nothing comes twice, whatever ended it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from forecourt.app import Application
from tests.deadline import DEADLINE, wait_until
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.page import Page
from tests.replies import post_reply

from .stream_reader import StreamReader

pytestmark = pytest.mark.anyio
BODIES = ("a", "æøå", "😀😀", "to\nlinjer", 'id: 9\n\ndata: "x"')
LONGEST_CUT = 200  # bytes: the first comment and a whole event, with the one after it begun
EVERYTHING = 1 << 20


def write_reply(connection: Connection, conversation: str, number: int) -> None:
    post_reply(connection, conversation, "agent", f"{number}", f"{number} {BODIES[number % len(BODIES)]}")


async def test_a_line_that_is_cut_after_any_byte_loses_and_doubles_nothing(
    live_page: Page, application: Application
) -> None:
    await live_page.accept()
    conversation = await live_page.converse()
    reader = StreamReader(f"/v1/sites/main/conversations/{conversation}/events", live_page.token or "")
    address = str(live_page.client.base_url)
    for cut in range(1, LONGEST_CUT):
        await application.database.write(lambda c, cut=cut: write_reply(c, conversation, cut))  # type: ignore[misc]
        await asyncio.to_thread(reader.read, address, cut, cut)
    await asyncio.to_thread(reader.read, address, EVERYTHING, LONGEST_CUT - 1)
    assert [message["seq"] for message in reader.messages] == list(range(1, LONGEST_CUT))
    for number, message in enumerate(reader.messages, 1):
        assert message["body"] == f"{number} {BODIES[number % len(BODIES)]}"


KILLS = 3
MESSAGES_EACH = 8  # between two kills


class Restarts:
    """Holds a server that is killed and started again on the same data."""

    def __init__(self, data: Path, environment: dict[str, str]):
        self._data, self._environment = data, environment
        self.start()

    def start(self) -> None:
        self.server = ForecourtProcess(PROGRAM, self._data, self._environment).__enter__()

    def kill(self) -> None:
        self.server.process.kill()
        self.server.__exit__(None, None, None)


@pytest.fixture
def restarts(tmp_path: Path, database_url: str) -> Iterator[Restarts]:
    environment = {"FORECOURT_LIMITS": "off"} | ({"FORECOURT_DATABASE_URL": database_url} if database_url else {})
    restarts = Restarts(tmp_path, environment)
    yield restarts
    restarts.server.__exit__(None, None, None)


async def test_a_server_that_is_killed_loses_and_doubles_nothing(restarts: Restarts) -> None:
    async with httpx.AsyncClient(timeout=DEADLINE) as client:
        client.base_url = httpx.URL(restarts.server.forecourt)
        page = Page(client, origin=restarts.server.marketing.rstrip("/"))
        await page.accept()
        conversation = await page.converse()
        path = f"/v1/sites/main/conversations/{conversation}/events"
        reader, stored_keys, numbers = StreamReader(path, page.token or ""), list[str](), count()
        for _ in range(KILLS):
            reading = threading.Thread(target=read_until_killed, args=[reader, restarts.server.forecourt])
            reading.start()
            for _ in range(MESSAGES_EACH):
                stored_keys.append(await store_message(page, conversation, f"{next(numbers)}"))
            await asyncio.to_thread(wait_until, lambda: reader.messages)
            last_key = f"{next(numbers)}"
            unsure = asyncio.create_task(store_message(page, conversation, last_key))  # stored or not: nobody knows
            await asyncio.to_thread(restarts.kill)
            await asyncio.gather(unsure, return_exceptions=True)
            reading.join(DEADLINE)
            await asyncio.to_thread(restarts.start)
            client.base_url = httpx.URL(restarts.server.forecourt)
            page.origin = restarts.server.marketing.rstrip("/")
            stored_keys.append(await store_message(page, conversation, last_key))
        last = len(stored_keys)
        await asyncio.to_thread(reader.read, restarts.server.forecourt, EVERYTHING, last)
    assert [message["seq"] for message in reader.messages] == list(range(1, last + 1))
    assert [message["key"] for message in reader.messages] == stored_keys


def read_until_killed(reader: StreamReader, address: str) -> None:
    try:
        reader.read(address, EVERYTHING, EVERYTHING)
    except (OSError, ValueError):  # the end of the connection, or of half a chunk's head
        return


async def store_message(page: Page, conversation: str, key: str) -> str:
    answer = await page.post(f"conversations/{conversation}/messages", {"key": key, "body": json.dumps(key)})
    assert answer.status_code in (200, 201), answer.text
    return key
