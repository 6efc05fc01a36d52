"""Checks what is done with many conversations at once: what is done, what cannot be, and what is taken back."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from forecourt.app import Application
from forecourt.console.bulk_actions import AT_ONCE
from forecourt.support import actions
from forecourt.support.model import ConversationState
from tests.engines import refused_alike
from tests.page import Page

from .browser import Browser, row_ids

pytestmark = pytest.mark.anyio


async def change(browser: Browser, ids: Sequence[str], **fields: str) -> httpx.Response:
    return await browser.post("/console/bulk", {"id": list(ids), **fields}, **{"hx-request": "true"})


async def test_many_are_closed_and_reopened_at_once(
    signed_in: Browser, conversation: str, contact_message: str, count: Callable[[str], Any]
) -> None:
    await signed_in.post(f"/console/conversations/{contact_message}/close")
    entries = await count("audit_log")
    closed = await change(signed_in, [conversation, contact_message], do="close")
    assert (closed.status_code, closed.headers["hx-trigger"]) == (200, "inbox, bulk-done")
    assert "2 conversations were closed." in closed.text
    assert await count("audit_log") == entries + 1
    assert row_ids((await signed_in.get("/console/")).text) == []
    undone = re.findall(r'name="id" value="(\w+)"', closed.text)
    assert (undone, 'name="do" value="reopen"' in closed.text) == ([conversation], True)
    assert "1 conversation was reopened." in (await change(signed_in, undone, do="reopen")).text
    assert row_ids((await signed_in.get("/console/")).text) == [conversation]


async def test_it_says_which_could_not_be_changed(
    signed_in: Browser, conversation: str, contact_message: str, visitor: Page
) -> None:
    await signed_in.post(f"/console/conversations/{conversation}/close")
    answer = await change(
        signed_in, [conversation, contact_message, "nope"], until="tomorrow", zone="Europe/Oslo", at=""
    )
    assert "1 conversation was snoozed." in answer.text
    assert "2 conversations stay as they were:" in answer.text
    assert f'<a href="/console/conversations/{conversation}">' in answer.text
    assert ("it is closed" in answer.text, "<code>nope</code> – it is gone" in answer.text) == (True, True)
    await visitor.converse()
    assert "its visitor has a newer one" in (await change(signed_in, [conversation], do="reopen")).text
    assert "1 conversation came back." in (await change(signed_in, [contact_message], do="wake")).text


async def test_without_script_the_inbox_comes_back_with_what_was_done(
    signed_in: Browser, agent: str, application: Application, conversation: str, contact_message: str
) -> None:
    for fields, assignee in (({"do": "take"}, agent), ({"do": "assign", "assignee": ""}, "")):
        form = {"id": [conversation, contact_message], "until_at": "", "at": "", "zone": "UTC", **fields}
        answer = await signed_in.post("/console/bulk?show=open&channel=chat", form)
        assert "2 conversations were assigned." in answer.text
        assert row_ids(answer.text) == [conversation]
        row = await application.database.read(lambda c: actions.find_conversation(c, contact_message))
        assert (row.assignee, row.state) == (assignee, ConversationState.OPEN)


@refused_alike
@pytest.mark.parametrize(
    ("ids", "fields", "words"),
    [
        ([], {"do": "close"}, "Please tick at least one conversation."),
        ([f"{number}" for number in range(AT_ONCE + 1)], {"do": "close"}, "At most 100, please."),
        (["x" * 36], {"do": "close"}, ""),
        (["a"], {"do": "erase"}, ""),
        (["a"], {}, ""),
        (["a"], {"until": "custom", "at": ""}, "Please fill this in."),
    ],
)
async def test_what_says_nothing_clear_changes_nothing(
    signed_in: Browser, ids: list[str], fields: dict[str, str], words: str
) -> None:
    answer = await change(signed_in, ids, **fields)
    assert answer.status_code == 422
    assert words in answer.text
