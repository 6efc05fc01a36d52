"""An agent reads, answers, closes and opens again; each answer is stored once."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.console.conversations import EVENTS_AT_ONCE
from forecourt.mail import outbox
from tests.engines import refused_alike
from tests.page import Page
from tests.replies import post_reply

from .browser import Browser, message_texts

pytestmark = pytest.mark.anyio
HTMX = {"hx-request": "true"}


async def test_an_answer_is_stored_once_for_one_key(
    signed_in: Browser, conversation: str, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{conversation}"
    answers = [await signed_in.send(path, "k1", "Ja, hva gjelder det?") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert await count("conversation_events") == 2
    assert message_texts((await signed_in.get(path)).text) == ["Er noen der?", "Ja, hva gjelder det?"]
    keys = [json.loads(answer.headers["hx-trigger"])["stored"]["key"] for answer in answers]
    assert len({*keys, "k1"}) == 3


async def test_the_visitor_gets_the_answer_and_no_longer_waits(
    signed_in: Browser, conversation: str, visitor: Page
) -> None:
    path = f"/console/conversations/{conversation}"
    assert "Waiting" in (await signed_in.get_fragment(f"{path}/thread")).text
    await signed_in.send(path, "k1", "Ja!")
    thread = await signed_in.get_fragment(f"{path}/thread")
    assert "Waiting" not in thread.text
    assert "Kari Nordmann" in thread.text


async def test_a_form_without_script_answers_and_comes_back(signed_in: Browser, conversation: str) -> None:
    path = f"/console/conversations/{conversation}"
    answer = await signed_in.post(f"{path}/answers", {"key": "k", "body": "Første linje\r\nandre", "seen": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert message_texts((await signed_in.get(path)).text)[-1] == "Første linje\nandre"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Please fill this in."),
        ("x" * 4001, "This is 1 character too long. At most 4,000 fit here."),
        ("a\x00b", "cannot be used here: U+0000, after"),
    ],
)
async def test_an_answer_that_cannot_be_stored_is_refused_with_what_was_typed_kept(
    signed_in: Browser, conversation: str, body: str, words: str, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{conversation}"
    get_fragment = await signed_in.send(path, "k", body)
    assert (get_fragment.status_code, words in get_fragment.text, "<html" in get_fragment.text) == (422, True, False)
    whole = await signed_in.post(f"{path}/answers", {"key": "k", "body": body, "seen": "1"})
    assert whole.status_code == 422
    assert words in whole.text
    assert f">{body}</textarea>" in whole.text
    assert await count("conversation_events") == 1


async def test_one_key_with_two_texts_asks_to_send_again_and_gives_a_new_key(
    signed_in: Browser, conversation: str
) -> None:
    path = f"/console/conversations/{conversation}"
    await signed_in.send(path, "k", "Ja")
    answer = await signed_in.send(path, "k", "Ja, og mer")
    assert answer.status_code == 409
    assert "has been sent already" in answer.text
    fresh = json.loads(answer.headers["hx-trigger"])["rekeyed"]["key"]
    assert (await signed_in.send(path, fresh, "Ja, og mer")).status_code == 204


async def test_a_closed_conversation_takes_no_answer_until_it_is_opened_again(
    signed_in: Browser, conversation: str
) -> None:
    path = f"/console/conversations/{conversation}"
    assert (await signed_in.press(f"{path}/close")).status_code == 204
    assert 'data-status="closed"' in (await signed_in.get_fragment(f"{path}/thread")).text
    answer = await signed_in.send(path, "k", "For sent")
    assert answer.status_code == 409
    assert "closed in the meantime" in answer.text
    assert (await signed_in.press(f"{path}/reopen")).status_code == 204
    assert (await signed_in.send(path, "k", "For sent")).status_code == 204


async def test_a_conversation_is_not_opened_again_beside_a_newer_one(
    signed_in: Browser, conversation: str, visitor: Page
) -> None:
    path = f"/console/conversations/{conversation}"
    await signed_in.post(f"{path}/close")
    newer = (await visitor.post("conversations", {})).json()["id"]
    answer = await signed_in.press(f"{path}/reopen")
    assert answer.status_code == 409
    assert f'href="/console/conversations/{newer}"' in answer.text
    whole = await signed_in.post(f"{path}/reopen")
    assert (whole.status_code, "newer conversation" in whole.text) == (409, True)


async def test_two_agents_who_reopen_at_once_open_one_conversation(
    signed_in: Browser, conversation: str, visitor: Page
) -> None:
    await signed_in.post(f"/console/conversations/{conversation}/close")
    newer = await visitor.converse()
    await signed_in.post(f"/console/conversations/{newer}/close")
    paths = [f"/console/conversations/{identity}" for identity in (conversation, newer)]
    for _ in range(5):
        answers = await asyncio.gather(*(signed_in.press(f"{path}/reopen") for path in paths * 2))
        assert {answer.status_code for answer in answers} == {204, 409}
        refused = next(answer for answer in answers if answer.status_code == 409)
        opened = next(path for path, answer in zip(paths * 2, answers, strict=True) if answer.status_code == 204)
        assert f'href="{opened}"' in refused.text
        await signed_in.post(f"{opened}/close")


async def test_a_withdrawn_consent_is_told_to_the_agent(signed_in: Browser, conversation: str, visitor: Page) -> None:
    path = f"/console/conversations/{conversation}/thread"
    assert "withdrawn" not in (await signed_in.get_fragment(path)).text
    await visitor.client.delete(
        f"/v1/sites/{visitor.site}/consents/current",
        headers={"authorization": f"Bearer {visitor.token}", "origin": visitor.origin},
    )
    assert "The visitor has withdrawn their consent" in (await signed_in.get_fragment(path)).text


async def test_a_contact_message_is_answered_by_mail_once(
    signed_in: Browser, contact_message: str, application: Application, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{contact_message}"
    before = await count("outbox")
    for _ in range(2):
        assert (await signed_in.send(path, "k1", "I Frankfurt.")).status_code == 204
    assert (await count("conversation_events") - 1, await count("outbox")) == (1, before + 1)
    mail = (await application.database.read(outbox.find_latest_mails))[0]
    assert (mail.recipient, mail.kind) == ("ola@example.com", "contact_answer")
    text = (await signed_in.get(path)).text
    assert message_texts(text) == ["Hvor lagres dataene?", "I Frankfurt."]
    assert 'href="mailto:ola@example.com"' in text
    assert ("On its way" in text) or ("Sent by e-mail" in text)


async def test_a_contact_answer_with_an_old_key_and_a_new_text_is_not_lost_in_silence(
    signed_in: Browser, contact_message: str, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{contact_message}"
    await signed_in.send(path, "k1", "I Frankfurt.")
    assert (await signed_in.send(path, "k1", "I Frankfurt, hos Linode.")).status_code == 409
    assert await count("conversation_events") - 1 == 1


async def test_a_contact_message_opened_again_is_still_answered(signed_in: Browser, contact_message: str) -> None:
    path = f"/console/conversations/{contact_message}"
    await signed_in.send(path, "k1", "I Frankfurt.")
    await signed_in.post(f"{path}/close")
    assert (await signed_in.send(path, "k2", "Og mer")).status_code == 409
    assert (await signed_in.send(path, "k1", "I Frankfurt.")).status_code == 204
    await signed_in.post(f"{path}/reopen")
    assert 'data-status="answered"' in (await signed_in.get(path)).text


async def test_an_unanswered_contact_message_opened_again_waits(signed_in: Browser, contact_message: str) -> None:
    path = f"/console/conversations/{contact_message}"
    await signed_in.post(f"{path}/close")
    await signed_in.post(f"{path}/reopen")
    assert 'data-status="waiting"' in (await signed_in.get(path)).text


async def test_a_long_thread_shows_its_end_and_the_whole_of_it_on_request(
    signed_in: Browser, conversation: str, application: Application
) -> None:
    def much(connection: Any) -> None:
        for number in range(EVENTS_AT_ONCE):
            post_reply(connection, conversation, "nobody", f"k{number}", f"Svar {number}")

    await application.database.write(much)
    path = f"/console/conversations/{conversation}"
    end = await signed_in.get(path)
    assert (len(message_texts(end.text)), message_texts(end.text)[-1]) == (
        EVENTS_AT_ONCE,
        f"Svar {EVENTS_AT_ONCE - 1}",
    )
    assert f'href="{path}?whole=1"' in end.text
    whole = await signed_in.get(f"{path}?whole=1")
    assert message_texts(whole.text)[0] == "Er noen der?"
    assert "Show everything" not in whole.text


@pytest.mark.parametrize("step", ["answers", "close", "reopen"])
async def test_what_is_not_there_cannot_be_changed(signed_in: Browser, step: str) -> None:
    answer = await signed_in.post(
        f"/console/conversations/nope/{step}", {"key": "k", "body": "b"} if step == "answers" else None
    )
    assert answer.status_code == 404


@refused_alike
@pytest.mark.parametrize("path", ["conversations/x/answers", "conversations/x/close", "conversations/x/reopen"])
async def test_a_stranger_changes_nothing(browser: Browser, path: str, count: Callable[[str], Any]) -> None:
    answer = await browser.post(f"/console/{path}", {"key": "k", "body": "b"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    answer = await browser.post(f"/console/{path}", {"key": "k", "body": "b"}, **HTMX)
    assert (answer.status_code, answer.headers["hx-refresh"]) == (403, "true")


async def test_a_page_that_polls_keeps_what_it_has_when_the_answer_is_a_refusal(signed_in: Browser) -> None:
    answer = await signed_in.get_fragment("/console/conversations/nope/thread")
    assert (answer.status_code, answer.headers["hx-reswap"]) == (404, "none")


async def test_an_answer_is_refused_with_what_its_writer_has_not_seen(
    signed_in: Browser, conversation: str, visitor: Page, application: Application, count: Callable[[str], Any]
) -> None:
    path = f"/console/conversations/{conversation}"
    await visitor.post(f"conversations/{conversation}/messages", {"key": "v2", "body": "Glem det"})
    await application.database.write(lambda c: post_reply(c, conversation, "ola", "o", "Jeg tar den <b>"))
    refused = await signed_in.send(path, "k", "Vi ser på det", last_seen=1)
    assert refused.status_code == 409
    for words in ("The visitor wrote just now.", "Glem det", "Jeg tar den &lt;b&gt;", "Send anyway", 'value="3"'):
        assert words in refused.text
    assert await count("conversation_events") == 3
    whole = await signed_in.post(f"{path}/answers", {"key": "k", "body": "Vi ser på det", "seen": "1"})
    assert (whole.status_code, "Send anyway" in whole.text) == (409, True)
    assert ">Vi ser på det</textarea>" in whole.text
    answer = await signed_in.send(path, "k", "Vi ser på det", last_seen=1, anyway="3")
    assert answer.status_code == 204
    assert message_texts((await signed_in.get(path)).text)[-1] == "Vi ser på det"


async def test_ones_own_answer_and_a_repeated_one_need_not_be_seen(signed_in: Browser, conversation: str) -> None:
    path = f"/console/conversations/{conversation}"
    assert (await signed_in.send(path, "k1", "Hei", last_seen=1)).status_code == 204
    assert (await signed_in.send(path, "k2", "Og mer", last_seen=1)).status_code == 204
    assert (await signed_in.send(path, "k1", "Hei", last_seen=0)).status_code == 204


@refused_alike
@pytest.mark.parametrize("cursor", ["", "-1", "x", "9" * 10])
async def test_a_cursor_that_is_no_number_is_refused(signed_in: Browser, conversation: str, cursor: str) -> None:
    form = {"key": "k", "body": "Hei", "seen": cursor}
    answer = await signed_in.post(f"/console/conversations/{conversation}/answers", form)
    assert answer.status_code == 422


async def test_the_address_of_an_old_contact_message_leads_to_its_conversation(
    signed_in: Browser, contact_message: str
) -> None:
    answer = await signed_in.get(f"/console/contact/{contact_message}")
    assert answer.headers["location"] == f"/console/conversations/{contact_message}"
