"""Checks that a message is stored once, in the server's order, and is for its visitor and the agents only."""

import asyncio

import pytest

from forecourt.app import Application
from forecourt.db.tables import conversation_events
from forecourt.support.actions import close
from forecourt.support.store import find_messages_after
from tests.engines import refused_alike
from tests.page import Page

pytestmark = pytest.mark.anyio


async def test_a_visitor_has_one_open_conversation(page: Page) -> None:
    await page.accept()
    first = await page.post("conversations", {})
    second = await page.post("conversations", {})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


async def test_the_same_key_stores_once(page: Page) -> None:
    await page.accept()
    path = f"conversations/{await page.converse()}/messages"
    first = await page.post(path, {"key": "k", "body": "Hei"})
    second = await page.post(path, {"key": "k", "body": "Hei"})
    other = await page.post(path, {"key": "k", "body": "Hade"})
    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == second.json()
    assert other.json()["code"] == "key_conflict"


async def test_a_hundred_parallel_posts_of_one_key_store_once(page: Page, application: Application) -> None:
    await page.accept()
    path = f"conversations/{await page.converse()}/messages"
    responses = await asyncio.gather(*(page.post(path, {"key": "k", "body": "Hei"}) for _ in range(100)))
    assert sorted({response.status_code for response in responses}) == [200, 201]
    assert len(await application.database.read(lambda c: c.execute(conversation_events.select()).all())) == 1


async def test_parallel_messages_get_a_sequence_without_gaps(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    path = f"conversations/{conversation}/messages"
    responses = await asyncio.gather(*(page.post(path, {"key": f"k{n}", "body": f"{n}"}) for n in range(40)))
    assert sorted(response.json()["seq"] for response in responses) == list(range(1, 41))
    last_messages = await application.database.read(lambda c: find_messages_after(c, conversation, 30, 25))
    assert [message.seq for message in last_messages] == list(range(31, 41))


@refused_alike
@pytest.mark.parametrize("body", [{"key": "", "body": "x"}, {"key": "k" * 65, "body": "x"}, {"key": "k", "body": " "}])
async def test_a_message_out_of_bounds_is_refused(page: Page, body: dict[str, str]) -> None:
    await page.accept()
    assert (await page.post(f"conversations/{await page.converse()}/messages", body)).status_code == 422


@refused_alike
@pytest.mark.parametrize("extra", ["user_id", "private", "sent_at", "author"])
async def test_a_message_has_no_other_fields_than_key_and_body(page: Page, extra: str) -> None:
    await page.accept()
    response = await page.post(f"conversations/{await page.converse()}/messages", {"key": "k", "body": "x", extra: "1"})
    assert [each["field"] for each in response.json()["errors"]] == [extra]


async def test_another_visitors_conversation_is_not_found(page: Page) -> None:
    await page.accept()
    conversation = await page.converse()
    stranger = Page(page.client)
    await stranger.accept()
    responses = [
        await stranger.get(f"conversations/{conversation}"),
        await stranger.get(f"conversations/{conversation}/events"),
        await stranger.post(f"conversations/{conversation}/messages", {"key": "k", "body": "x"}),
    ]
    assert [response.status_code for response in responses] == [404, 404, 404]


async def test_a_closed_conversation_refuses_messages_and_a_new_one_can_be_opened(
    page: Page, application: Application
) -> None:
    await page.accept()
    conversation = await page.converse()
    await application.database.write(lambda c: close(c, conversation, "agent"))
    response = await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "x"})
    assert (response.status_code, response.json()["code"]) == (409, "conversation_closed")
    assert (await page.get(f"conversations/{conversation}")).json()["state"] == "closed"
    assert await page.converse() != conversation


async def test_writing_opens_a_closed_conversation_again_unless_there_is_another(
    page: Page, application: Application
) -> None:
    await page.accept()
    conversation = await page.converse()
    await application.database.write(lambda c: close(c, conversation, "agent"))
    path = f"conversations/{conversation}/messages"
    message = {"key": "k", "body": "x", "reopen": True}
    assert [(await page.post(path, message)).status_code for _ in range(2)] == [201, 200]
    assert (await page.get(f"conversations/{conversation}")).json()["state"] == "open"
    await application.database.write(lambda c: close(c, conversation, "agent"))
    assert await page.converse() != conversation
    assert (await page.post(path, message | {"key": "l"})).json()["code"] == "conversation_closed"


async def test_a_rating_is_stored_once_for_agents_and_is_the_visitors_own(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await application.database.write(lambda c: close(c, conversation, "agent"))
    path, rating = f"conversations/{conversation}/rating", {"key": "k", "helped": False, "sentence": " Too slow. "}
    assert [(await page.post(path, rating)).status_code for _ in range(2)] == [201, 200]
    assert (await page.post(path, rating | {"helped": True})).json()["code"] == "key_conflict"
    assert (await page.post(path, rating | {"key": "l", "sentence": "x" * 501})).status_code == 422
    ((kind, target, body),) = await application.database.read(
        lambda c: [
            (row.kind, row.target, row.body)
            for row in c.execute(conversation_events.select()).all()
            if row.author == "visitor"
        ]
    )
    assert (kind, target, body) == ("rated", "not_helped", "Too slow.")
    (exported,) = (await page.get("me")).json()["conversations"]
    assert [(each["helped"], each["sentence"]) for each in exported["ratings"]] == [(False, "Too slow.")]
    other = Page(page.client)
    await other.accept()
    assert (await other.post(path, rating)).status_code == 404


async def test_parallel_requests_open_one_conversation(page: Page, application: Application) -> None:
    await page.accept()
    responses = await asyncio.gather(*(page.post("conversations", {}) for _ in range(12)))
    assert len({response.json()["id"] for response in responses}) == 1
    assert sorted(response.status_code for response in responses) == [200] * 11 + [201]


async def test_opening_needs_no_body(page: Page) -> None:
    await page.accept()
    response = await page.client.post("/v1/sites/main/conversations", headers=page.headers())
    assert response.status_code == 201
