"""Checks that the page of a conversation shows all its events, and that no visitor gets a note."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from forecourt.app import Application
from forecourt.support import actions
from forecourt.support.actions import append_event
from forecourt.support.model import Author, EventKind, NewEvent
from tests.engines import refused_alike
from tests.page import Page

from .browser import Browser, message_texts

pytestmark = pytest.mark.anyio
SECRET = "Ring sjefen <b>"


def note(body: str = SECRET, key: str = "n1") -> dict[str, str]:
    return {"key": key, "body": body, "mode": "note", "seen": "1"}


def event_lines(html: str) -> list[str]:
    lines = re.findall(r'<p id="m\d+" class="event">(.*) <time[^>]*>[^<]*</time></p>', html)
    return [re.sub(r"<[^>]+>", "", line).replace("&#39;", "'") for line in lines]


async def test_every_event_stands_in_its_order(
    signed_in: Browser, conversation: str, agent: str, application: Application
) -> None:
    def play(connection: Connection) -> None:
        append_event(connection, conversation, NewEvent(EventKind.ALERTED, Author.SYSTEM))
        for assignee in (agent, "somebody", ""):
            actions.assign(connection, conversation, agent, assignee)
        actions.snooze(connection, conversation, agent, datetime(2026, 12, 7, 8, tzinfo=UTC))
        append_event(connection, conversation, NewEvent(EventKind.WOKEN, Author.SYSTEM))
        actions.add_note(connection, conversation, agent, "n", SECRET)
        actions.close(connection, conversation, agent)
        actions.reopen(connection, conversation, agent)

    await application.database.write(play)
    text = (await signed_in.get(f"/console/conversations/{conversation}")).text
    assert event_lines(text) == [
        "The site was mailed, since the visitor was waiting for an answer.",
        "Kari Nordmann took this on.",
        "Kari Nordmann assigned this to Colleague.",
        "Kari Nordmann assigned this to nobody.",
        "Kari Nordmann snoozed this until 2026-12-07 08:00 UTC.",
        "The snooze ended, and this came back.",
        "Kari Nordmann closed this.",
        "Kari Nordmann reopened this.",
    ]
    assert re.findall(r'id="m(\d+)"', text) == [f"{seq}" for seq in range(1, 11)]
    assert message_texts(text) == ["Er noen der?", "Ring sjefen &lt;b&gt;"]


async def test_a_note_is_stored_once_and_changes_no_turn(
    signed_in: Browser, conversation: str, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{conversation}"
    answer = await signed_in.post(f"{path}/answers", note())
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    await signed_in.post(f"{path}/answers", note())
    assert await count("conversation_events") == 2
    text = (await signed_in.get(path)).text
    assert "Note, only agents see this" in text
    assert 'data-status="waiting"' in text
    assert "Added a note to a conversation" in (await signed_in.get("/console/audit-log")).text


async def test_a_note_about_a_contact_message_is_not_mailed(
    signed_in: Browser, contact_message: str, count: Callable[[str], Any]
) -> None:
    mails = await count("outbox")
    await signed_in.post(f"/console/conversations/{contact_message}/answers", note())
    assert await count("outbox") == mails


@refused_alike
@pytest.mark.parametrize("fields", [{"body": ""}, {"body": "x" * 5001}, {"mode": "shout"}])
async def test_a_note_that_cannot_be_stored_is_refused_and_stays_a_note(
    signed_in: Browser, conversation: str, fields: dict[str, str]
) -> None:
    answer = await signed_in.post(f"/console/conversations/{conversation}/answers", note() | fields)
    assert answer.status_code == 422
    assert ('value="note" checked' in answer.text) == ("mode" not in fields)


async def test_the_visitor_gets_no_note_by_any_call(
    signed_in: Browser, conversation: str, visitor: Page, application: Application
) -> None:
    path = f"/console/conversations/{conversation}"
    await signed_in.post(f"{path}/answers", note())
    await signed_in.send(path, "k", "Hei!")
    await signed_in.post(f"{path}/close")  # so that the stream ends
    texts = {}
    for endpoint in application.endpoints():
        if endpoint.method == "GET":
            address = endpoint.path.replace("{site}", visitor.site).replace("{id}", conversation)
            answer = await visitor.client.get(address, headers=visitor.headers())
            texts[endpoint.path] = answer.text
    assert "Hei!" in texts["/v1/sites/{site}/conversations/{id}/events"]
    assert "Hei!" in texts["/v1/sites/{site}/me"]
    assert [place for place, text in texts.items() if "Ring sjefen" in text] == []
    writes: list[tuple[str, str, dict[str, Any]]] = [("POST", "conversations", {}), ("DELETE", "me", {"confirm": True})]
    for method, place, body in writes:
        address = f"/v1/sites/{visitor.site}/{place}"
        answer = await visitor.client.request(method, address, json=body, headers=visitor.headers())
        assert answer.is_success
        assert "Ring sjefen" not in answer.text
