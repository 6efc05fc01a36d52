"""Checks that a chat's stream is immediate and complete, and ends when the visitor may no longer read it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from forecourt.app import Application
from forecourt.chat import actions
from forecourt.support.actions import close
from forecourt.support.model import ConversationEvent
from forecourt.web import sse
from tests.deadline import DEADLINE
from tests.page import Page
from tests.replies import post_reply

pytestmark = pytest.mark.anyio


class Reader:
    """Reads the frames of a stream as a browser does."""

    def __init__(self, lines: AsyncIterator[str]):
        self._lines = lines

    async def frame(self) -> dict[str, Any]:
        """Returns the next frame with data, and its event's name under `event`."""
        event: dict[str, Any] = {"event": "message"}
        async with asyncio.timeout(DEADLINE):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "data":
                    event |= json.loads(value)
                elif name == "event":
                    event["event"] = value
                elif not line and len(event) > 1:
                    return event
        raise EOFError


@asynccontextmanager
async def reading(page: Page, conversation: str, query: str = "", **headers: str) -> AsyncIterator[Reader]:
    async with page.stream(f"conversations/{conversation}/events{query}", **headers) as response:
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store, no-transform"
        assert response.headers["x-accel-buffering"] == "no"
        yield Reader(response.aiter_lines())


async def post_messages(page: Page, conversation: str, *bodies: str) -> None:
    for body in bodies:
        response = await page.post(f"conversations/{conversation}/messages", {"key": f"key {body}", "body": body})
        assert response.status_code == 201


@pytest.fixture
async def conversation(live_page: Page) -> str:
    await live_page.accept()
    return await live_page.converse()


async def test_messages_of_both_sides_arrive_in_order(
    live_page: Page, application: Application, conversation: str
) -> None:
    async with reading(live_page, conversation) as reader:
        await post_messages(live_page, conversation, "Hei")
        assert await reader.frame() | {"at": ""} == {
            "event": "message", "seq": 1, "at": "", "author": "visitor", "body": "Hei", "key": "key Hei"
        }  # fmt: skip
        await application.database.write(lambda c: post_reply(c, conversation, "agent", "a", "God dag"))
        response = await reader.frame()
        assert (response["seq"], response["author"], response["body"], "key" in response) == (
            2,
            "agent",
            "God dag",
            False,
        )


async def test_a_message_is_pushed_to_the_open_stream(
    live_page: Page, application: Application, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT", 3600)  # nothing else sends what no wake-up sent
    async with reading(live_page, conversation) as reader:
        for key in "abcde":
            reply = partial(post_reply, conversation=conversation, agent="agent", key=key, body="Hei")
            await application.database.write(reply)
            assert (await reader.frame())["body"] == "Hei"


@pytest.mark.parametrize(
    ("query", "headers", "first"),
    [
        ("", {}, 1),
        ("?after=2", {}, 3),
        ("?after=1", {"last-event-id": "3"}, 4),
        ("?after=-5", {}, 1),
        ("?after=99999999999999999999", {}, 1),
        ("?after=%F0%9F%98%80", {}, 1),
    ],
)
async def test_a_stream_resumes_after_its_cursor(
    live_page: Page, conversation: str, query: str, headers: dict[str, str], first: int
) -> None:
    await post_messages(live_page, conversation, "a", "b", "c", "d")
    async with reading(live_page, conversation, query, **headers) as reader:
        numbers = [(await reader.frame())["seq"] for _ in range(first, 5)]
    assert numbers == list(range(first, 5))


async def test_more_messages_than_one_read_returns_arrive_whole(
    live_page: Page, application: Application, conversation: str
) -> None:
    for number in range(actions.MESSAGES_AT_ONCE * 2 + 1):
        reply = partial(post_reply, conversation=conversation, agent="x", key=f"{number}", body=f"{number}")
        await application.database.write(reply)
    async with reading(live_page, conversation) as reader:
        numbers = [(await reader.frame())["seq"] for _ in range(actions.MESSAGES_AT_ONCE * 2 + 1)]
    assert numbers == list(range(1, actions.MESSAGES_AT_ONCE * 2 + 2))


async def test_a_withdrawn_consent_closes_the_open_stream(live_page: Page, conversation: str) -> None:
    async with reading(live_page, conversation) as reader:
        await post_messages(live_page, conversation, "Hei")
        await reader.frame()
        await live_page.withdraw()
        assert await reader.frame() == {"event": "closed", "reason": "withdrawn"}
        with pytest.raises(EOFError):
            await reader.frame()


async def test_a_choice_without_the_chats_purpose_closes_the_open_stream(live_page: Page, conversation: str) -> None:
    async with reading(live_page, conversation) as reader:
        await live_page.choose({"newsletter": True})
        assert await reader.frame() == {"event": "closed", "reason": "withdrawn"}


async def test_closing_a_conversation_ends_its_stream_after_the_last_message(
    live_page: Page, application: Application, conversation: str
) -> None:
    async with reading(live_page, conversation) as reader:
        await post_messages(live_page, conversation, "Hade")
        await application.database.write(lambda c: close(c, conversation, "agent"))
        assert (await reader.frame())["body"] == "Hade"
        assert await reader.frame() == {"event": "closed", "reason": "closed"}


async def test_a_heartbeat_reads_nothing_until_the_interval_is_over(
    live_page: Page, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read_messages = actions.read_messages

    def count_reads(
        connection: Connection, visitor: str, site: str, conversation: str, after: int
    ) -> tuple[list[ConversationEvent], bool]:
        reads.append(conversation)
        return read_messages(connection, visitor, site, conversation, after)

    monkeypatch.setattr(actions, "read_messages", count_reads)
    monkeypatch.setattr(sse, "HEARTBEAT", 0.02)
    async with live_page.stream(f"conversations/{conversation}/events") as response:
        lines = response.aiter_lines()
        assert [line async for line in read_beats(lines, 5)]
        assert len(reads) == 1
    monkeypatch.setattr(sse, "READ_INTERVAL", 0)
    async with live_page.stream(f"conversations/{conversation}/events") as response:
        lines = response.aiter_lines()
        assert [line async for line in read_beats(lines, 5)]
        assert len(reads) > 2


async def read_beats(lines: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    """Yields so many heartbeats of a stream."""
    async with asyncio.timeout(DEADLINE):
        while count:
            line = await anext(lines)
            if line == ": beat":
                count -= 1
                yield line


async def test_a_server_that_stops_ends_the_stream_with_restart(
    live_page: Page, application: Application, conversation: str
) -> None:
    async with reading(live_page, conversation) as reader:
        application.database.hub.stop()
        assert await reader.frame() == {"event": "closed", "reason": "restart"}
