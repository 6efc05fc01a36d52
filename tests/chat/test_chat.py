"""A message is stored once, in the server's order, and seen by nobody but its visitor and the agents."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from forecourt.app import Application
from forecourt.chat import actions, unanswered_alert
from forecourt.chat.actions import UnansweredAlert, alert_unanswered
from forecourt.db.tables import conversations, messages
from forecourt.mail import outbox
from tests.deadline import DEADLINE
from tests.engines import refused_alike
from tests.page import Page

pytestmark = pytest.mark.anyio


def at_once(application: Application) -> UnansweredAlert:
    """The site's alarm for a chat that waits at all; the application's own waits for minutes."""
    return replace(application.unanswered_alerts()[0], after=timedelta(0))


async def test_a_visitor_has_one_open_conversation(page: Page) -> None:
    await page.accept()
    first = await page.post("conversations", {})
    again = await page.post("conversations", {})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_the_same_key_stores_once(page: Page) -> None:
    await page.accept()
    at = f"conversations/{await page.converse()}/messages"
    first = await page.post(at, {"key": "k", "body": "Hei"})
    again = await page.post(at, {"key": "k", "body": "Hei"})
    other = await page.post(at, {"key": "k", "body": "Hade"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert other.json()["code"] == "key_conflict"


async def test_a_hundred_parallel_posts_of_one_key_store_once(page: Page, application: Application) -> None:
    await page.accept()
    at = f"conversations/{await page.converse()}/messages"
    answers = await asyncio.gather(*(page.post(at, {"key": "k", "body": "Hei"}) for _ in range(100)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert len(await application.database.read(lambda c: c.execute(messages.select()).all())) == 1


async def test_parallel_messages_get_a_sequence_without_gaps(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    at = f"conversations/{conversation}/messages"
    answers = await asyncio.gather(*(page.post(at, {"key": f"k{n}", "body": f"{n}"}) for n in range(40)))
    assert sorted(answer.json()["seq"] for answer in answers) == list(range(1, 41))
    said = await application.database.read(lambda c: actions.read(c, conversation, 30))
    assert [message.seq for message in said] == list(range(31, 41))


@refused_alike
@pytest.mark.parametrize("body", [{"key": "", "body": "x"}, {"key": "k" * 65, "body": "x"}, {"key": "k", "body": " "}])
async def test_a_message_out_of_bounds_is_refused(page: Page, body: dict[str, str]) -> None:
    await page.accept()
    assert (await page.post(f"conversations/{await page.converse()}/messages", body)).status_code == 422


@refused_alike
@pytest.mark.parametrize("extra", ["user_id", "private", "sent_at", "author"])
async def test_a_body_may_set_nothing_but_key_and_words(page: Page, extra: str) -> None:
    await page.accept()
    answer = await page.post(f"conversations/{await page.converse()}/messages", {"key": "k", "body": "x", extra: "1"})
    assert [each["field"] for each in answer.json()["errors"]] == [extra]


async def test_another_visitor_finds_nothing_by_any_verb(page: Page) -> None:
    await page.accept()
    conversation = await page.converse()
    stranger = Page(page.client)
    await stranger.accept()
    answers = [
        await stranger.get(f"conversations/{conversation}"),
        await stranger.get(f"conversations/{conversation}/events"),
        await stranger.post(f"conversations/{conversation}/messages", {"key": "k", "body": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_closed_conversation_takes_no_more_and_a_new_one_can_be_opened(
    page: Page, application: Application
) -> None:
    await page.accept()
    conversation = await page.converse()
    await application.database.write(lambda c: actions.set_state(c, conversation, "closed"))
    answer = await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conversation_closed")
    assert (await page.get(f"conversations/{conversation}")).json()["state"] == "closed"
    assert await page.converse() != conversation


async def test_an_unanswered_chat_mails_the_site_once(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    alarm = at_once(application)
    assert await application.database.write(lambda c: alert_unanswered(c, alarm)) == 1
    assert await application.database.write(lambda c: alert_unanswered(c, alarm)) == 0
    mail = (await application.database.read(outbox.latest))[0]
    assert (mail.kind, mail.recipient) == ("unanswered", alarm.email)
    assert f"/console/conversations/{conversation}".encode() in mail.raw


async def test_the_watch_finds_it_by_itself(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    alarm = replace(at_once(application), after=timedelta(milliseconds=50))
    watching = asyncio.create_task(unanswered_alert.run(application.database, [alarm]))
    async with asyncio.timeout(DEADLINE):
        while not await application.database.read(outbox.latest):  # noqa: ASYNC110 - a mail has no event
            await asyncio.sleep(0.02)
    watching.cancel()


async def test_an_answered_chat_alarms_nobody(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Er noen der?"})
    await application.database.write(lambda c: actions.reply(c, conversation, "agent", "k", "Ja!"))
    alarm = at_once(application)
    assert await application.database.write(lambda c: alert_unanswered(c, alarm)) == 0
    row = await application.database.read(lambda c: c.execute(conversations.select()).one())
    assert row.waiting_since is None


async def test_a_withdrawn_visitors_words_are_mailed_to_nobody(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Glem dette"})
    await page.withdraw()
    alarm = at_once(application)
    await application.database.write(lambda c: alert_unanswered(c, alarm))
    assert await application.database.read(outbox.latest) == []


async def test_parallel_openings_open_one_conversation(page: Page, application: Application) -> None:
    await page.accept()
    answers = await asyncio.gather(*(page.post("conversations", {}) for _ in range(12)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]


async def test_opening_needs_no_body(page: Page) -> None:
    await page.accept()
    answer = await page.client.post("/v1/sites/main/conversations", headers=page.headers())
    assert answer.status_code == 201
