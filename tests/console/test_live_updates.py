"""Checks that open pages are told of what concerns them at once, and only while the session is valid."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from forecourt.app import Application
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash
from forecourt.support.actions import close
from tests.conftest import serve_application
from tests.deadline import DEADLINE
from tests.page import LETTER, Page

from .browser import EMAIL, Browser

pytestmark = pytest.mark.anyio


class Stream:
    def __init__(self, lines: AsyncIterator[str]):
        self._lines = lines

    async def until(self, event: str) -> list[str]:
        """The events up to `event`."""
        events = []
        async with asyncio.timeout(DEADLINE):
            async for line in self._lines:
                if line.startswith("event: "):
                    events.append(line.removeprefix("event: "))
                    if events[-1] == event:
                        return events
        raise AssertionError(f"the stream ended after {events}")

    async def rest(self) -> list[str]:
        async with asyncio.timeout(DEADLINE):
            return [line async for line in self._lines if line.startswith("event: ")]


@contextlib.asynccontextmanager
async def listening(application: Application, conversation: str = "") -> AsyncIterator[Stream]:
    query = f"?conversation={conversation}" if conversation else ""
    async with (
        serve_application(application) as address,
        httpx.AsyncClient(base_url=address, timeout=DEADLINE) as client,
    ):
        await Browser(client, address).sign_in()
        async with client.stream("GET", f"/console/events{query}") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store, no-transform"
            yield Stream(answer.aiter_lines())


async def test_a_stream_tells_at_once_to_look_so_that_nothing_falls_between(
    application: Application, agent: str
) -> None:
    async with listening(application) as stream:
        assert await stream.until("inbox") == ["inbox"]


async def test_what_a_visitor_writes_wakes_the_inbox(application: Application, agent: str, visitor: Page) -> None:
    async with listening(application) as stream:
        await stream.until("inbox")
        await visitor.post("contact", LETTER)
        await stream.until("inbox")


async def test_an_open_conversation_is_told_of_its_own_messages_only(
    application: Application, agent: str, visitor: Page, conversation: str
) -> None:
    async with listening(application, conversation) as stream:
        await stream.until("conversation")
        await visitor.post("contact", LETTER)
        assert await stream.until("inbox") == ["inbox"]
        await visitor.post(f"conversations/{conversation}/messages", {"key": "v2", "body": "Hallo?"})
        await stream.until("conversation")
        await application.database.write(lambda c: close(c, conversation, "agent"))
        await stream.until("conversation")


async def test_a_withdrawn_consent_reaches_the_open_conversation(
    application: Application, agent: str, visitor: Page, conversation: str
) -> None:
    async with listening(application, conversation) as stream:
        await stream.until("conversation")
        await visitor.client.delete(
            f"/v1/sites/{visitor.site}/consents/current",
            headers={"authorization": f"Bearer {visitor.token}", "origin": visitor.origin},
        )
        await stream.until("conversation")


async def test_a_stream_ends_when_the_session_no_longer_holds(
    application: Application, agent: str, visitor: Page
) -> None:
    async with listening(application) as stream:
        await stream.until("inbox")
        fresh = PasswordHash("$argon2id$another")
        await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", fresh))
        await visitor.post("contact", LETTER)
        assert await stream.rest() == []


async def test_a_stream_ends_when_the_server_stops(application: Application, agent: str) -> None:
    async with listening(application) as stream:
        await stream.until("inbox")
        application.database.hub.stop()
        assert await stream.rest() == []
        application.database.hub.stopping = False


async def test_a_stranger_hears_nothing(browser: Browser) -> None:
    answer = await browser.get("/console/events")
    assert answer.status_code == 403


async def test_a_nul_in_the_query_names_no_conversation(application: Application, agent: str) -> None:
    async with listening(application, "%00") as stream:
        assert await stream.until("inbox") == ["inbox"]
