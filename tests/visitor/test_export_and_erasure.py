"""Checks that a visitor can export and erase all data stored about them, and nobody else can (GDPR 15, 17, 20)."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select, text

from forecourt import clock
from forecourt.app import Application
from forecourt.consent.log import log_key, verification
from forecourt.consent.log import store as log
from forecourt.db.tables import consents, metadata, outbox, suppressions
from forecourt.digest import sha256_hex
from forecourt.mail import outbox as sent
from forecourt.mail.confirmation_mail_limits import COUNTED_FOR, MAILS_A_DAY
from forecourt.mail.confirmation_mail_store import count_mails
from forecourt.newsletter.model import CONFIRMATION_MAIL
from forecourt.signing_keys import SigningKeys
from forecourt.visitor import retention_worker
from tests.conftest import serve_application
from tests.deadline import DEADLINE, wait_until, wait_until_async
from tests.engines import on_sqlite
from tests.page import LETTER, Page
from tests.replies import post_reply

pytestmark = pytest.mark.anyio
OLA = {"email": "ola@example.com"}
Count = Callable[[str], Any]


async def erase(page: Page, body: Any = None) -> httpx.Response:
    content = {"confirm": True} if body is None else body
    return await page.client.request("DELETE", "/v1/sites/main/me", json=content, headers=page.headers())


async def use_every_feature(page: Page) -> str:
    """Writes, subscribes and chats as one visitor. Returns the conversation."""
    await page.accept()
    await page.post("contact", LETTER)
    await page.post("newsletter", OLA)
    conversation = await page.converse()
    await page.post(f"conversations/{conversation}/messages", {"key": "k", "body": "Hei, chat"})
    return conversation


def read_database(connection: Connection) -> str:
    """Returns every row of every table as one text."""
    rows = [connection.execute(table.select()).all() for table in metadata.sorted_tables]
    return " ".join(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    for table in rows for row in table for value in row)  # fmt: skip


def file_names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_export_holds_all_data(page: Page) -> None:
    await use_every_feature(page)
    export = (await page.get("me")).json()
    assert [each["action"] for each in export["consents"]] == ["grant"]
    assert export["consents"][0]["origin"] == page.origin
    assert [each["action"] for each in export["acknowledgements"]] == ["acknowledge"]
    assert export["contact"][0]["message"] == LETTER["message"]
    assert [each["body"] for each in export["conversations"][0]["messages"]] == ["Hei, chat"]
    assert [each["email"] for each in export["newsletter_requests"]] == ["ola@example.com"]
    assert [each["kind"] for each in export["mails"]] == ["contact_message"]
    assert export["complete"]


async def test_an_export_holds_answers_without_the_agents_name(page: Page, application: Application) -> None:
    from forecourt.mail.routing import MailRouting
    from forecourt.support.answers import send_answer

    await use_every_feature(page)
    site = application.settings.sites["main"]
    routing = MailRouting.from_settings("main", site, application.settings.mail_from, application.address)
    letter = (await page.get("me")).json()["contact"][0]["id"]
    await application.database.write(lambda c: send_answer(c, letter, "agent-7", "k", "Hei tilbake", routing))
    answer = await page.get("me")
    assert answer.json()["contact"][0]["answers"][0]["body"] == "Hei tilbake"
    assert "agent-7" not in answer.text


async def test_other_visitors_data_is_neither_exported_nor_erased(page: Page, count: Count) -> None:
    await use_every_feature(page)
    stranger = Page(page.client)
    await stranger.accept()
    export = (await stranger.get("me")).json()
    assert [export[kind] for kind in ("contact", "conversations", "newsletter_requests", "mails")] == [[]] * 4
    assert len(export["consents"]) == 1
    await erase(stranger)
    tables = ("conversations", "conversation_events", "newsletter_requests", "outbox")
    assert [await count(table) for table in tables] == [2, 2, 1, 2]


async def test_an_export_leaves_out_the_text_of_mails(page: Page) -> None:
    """Its link proves that the address is one's own."""
    await use_every_feature(page)
    assert "/confirm/" not in (await page.get("me")).text


async def test_export_and_erasure_need_a_token_and_an_allowed_origin(page: Page) -> None:
    assert (await page.get("me")).status_code == (await erase(page)).status_code == 401
    await page.accept()
    page.origin = "https://www.example.com.evil.test"
    assert (await erase(page)).json()["code"] == "origin_refused"


@pytest.mark.parametrize("body", [{}, {"confirm": False}, {"confirm": 1}, {"confirm": True, "x": 1}])
async def test_erasing_needs_a_confirmation(page: Page, count: Count, body: Any) -> None:
    await use_every_feature(page)
    assert (await erase(page, body)).json()["code"] == "invalid"
    assert await count("conversations") == 2


async def test_an_erasure_leaves_nothing_personal(page: Page, application: Application) -> None:
    await use_every_feature(page)
    answer = (await erase(page)).json()
    assert {kind: number for kind, number in answer["erased"].items() if number} == {
        "mails": 1,
        "contact_messages": 1,
        "messages": 1,
        "conversations": 1,
        "newsletter_requests": 1,
        "consent_details": 1,
        "visitors": 1,
    }
    remainder = await application.database.read(read_database)
    for personal in ("ola@example.com", LETTER["name"], LETTER["message"], "Hei, chat", page.origin, "127.0.0.0"):
        assert personal not in remainder


@on_sqlite
async def test_an_erasure_leaves_nothing_personal_in_the_write_ahead_log(page: Page, tmp_path: Path) -> None:
    log = tmp_path / "forecourt.sqlite3-wal"
    await use_every_feature(page)
    assert b"ola@example.com" in log.read_bytes()
    assert (await erase(page)).status_code == 200
    await asyncio.to_thread(wait_until, lambda: b"ola@example.com" not in log.read_bytes())


async def test_an_erasure_says_what_stays_and_why(page: Page) -> None:
    await use_every_feature(page)
    stays = {each["what"]: each for each in (await erase(page)).json()["stays"]}
    assert stays["records"]["count"] == 3
    assert stays["suppressions"]["count"] == 1
    assert all(each["why"] for each in stays.values())


async def test_an_erasure_is_a_record_and_the_log_still_verifies(page: Page, application: Application) -> None:
    await use_every_feature(page)
    await erase(page)
    database = application.database
    await wait_until_async(lambda: database.read(log.read_head), lambda head: head.last_consent_seq == 3)
    query = select(consents.c.action).order_by(consents.c.seq)
    actions = set(await database.read(lambda c: c.execute(query).scalars().all()))
    public = log_key.load_or_create_key(application.settings.data).public_key()
    assert actions == {"grant", "acknowledge", "erase"}
    assert (await database.read(lambda c: verification.verify(c, public))).is_whole


async def test_an_erased_visitors_token_unlocks_nothing_and_can_still_export(page: Page) -> None:
    conversation = await use_every_feature(page)
    await erase(page)
    assert (await page.get("consents/current")).json()["state"] == "withdrawn"
    for path, body in (("contact", LETTER), ("newsletter", OLA), ("conversations", {})):
        assert (await page.post(path, body)).json()["code"] == "consent_required"
    assert (await page.get(f"conversations/{conversation}")).json()["code"] == "consent_required"
    export = (await page.get("me")).json()
    assert [each["action"] for each in export["consents"]] == ["grant", "erase"]
    assert export["consents"][0]["origin"] is None


async def test_erasing_twice_is_one_record(page: Page) -> None:
    await use_every_feature(page)
    answers = await asyncio.gather(*(erase(page) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    actions = [each["action"] for each in (await page.get("me")).json()["consents"]]
    assert actions == ["grant", "erase"]


async def test_a_choice_after_an_erasure_makes_a_new_visitor(page: Page) -> None:
    await use_every_feature(page)
    await erase(page)
    before = (await page.get("me")).json()["visitor"]
    await page.accept()
    export = (await page.get("me")).json()
    assert export["visitor"] != before
    assert [each["action"] for each in export["consents"]] == ["grant"]


async def test_an_erasure_does_not_allow_flooding_a_mailbox(page: Page, application: Application) -> None:
    """An address gets so many mails a day, however often whoever typed it in erases themselves."""
    mails = 0
    for _ in range(MAILS_A_DAY + 2):
        stranger = Page(page.client)
        await stranger.accept()
        assert (await stranger.post("newsletter", OLA)).status_code == 202
        mails += len(await application.database.read(lambda c: list(c.execute(select(outbox.c.kind)).scalars())))
        await erase(stranger)
    assert mails == MAILS_A_DAY
    rows = await application.database.read(lambda c: c.execute(suppressions.select()).all())
    assert "ola@example.com" not in str(rows)
    guesses = [sha256_hex(guessed) for guessed in ("ola@example.com", "main ola@example.com")]
    assert not [row for row in rows if row.address_fingerprint in guesses]


async def test_an_erased_address_is_recognised_after_a_new_key_and_forgotten_within_a_day(
    page: Page, application: Application, count: Count
) -> None:
    await use_every_feature(page)
    await erase(page)
    newer = SigningKeys(("a newer key for tests", *application.keys.values)).fingerprints
    since = clock.now() - COUNTED_FOR
    assert (
        await application.database.read(lambda c: count_mails(c, "main", CONFIRMATION_MAIL, newer(OLA["email"]), since))
        == 1
    )
    later = clock.now() + timedelta(hours=25)
    sites, keep = application.settings.sites, application.settings.retention
    assert await retention_worker.run_round(application.database, sites, keep, lambda: later) == {"suppressions": 1}
    assert await count("suppressions") == 0


async def test_an_erasure_deletes_mails_in_the_mail_folder(page: Page, application: Application) -> None:
    mails = application.settings.data / "mails"
    await use_every_feature(page)
    other = Page(page.client)
    await other.accept()
    await other.post("contact", LETTER)
    await wait_until_async(lambda: application.database.read(sent.count_by_state), lambda counts: counts == {"sent": 3})
    await erase(page)
    remainder = await application.database.read(lambda c: c.execute(select(outbox.c.id)).scalar_one())
    assert file_names(mails) == [f"{remainder}.eml"]


async def test_an_answer_written_during_an_erasure_is_erased_too(page: Page, application: Application) -> None:
    from forecourt.errors import NotFound

    conversation, database = await use_every_feature(page), application.database

    async def reply(number: int) -> None:
        try:
            await database.write(lambda c: post_reply(c, conversation, "agent", f"k{number}", "Svar"))
        except NotFound:
            await asyncio.sleep(0)

    await asyncio.gather(*(reply(number) for number in range(10)), erase(page), *(reply(n) for n in range(10, 20)))
    remainder = await database.read(lambda c: c.execute(text("SELECT count(*) FROM conversation_events")).scalar_one())
    assert remainder == 0


async def test_a_message_written_during_an_erasure_is_refused_or_erased(page: Page, count: Count) -> None:
    await page.accept()
    letters = [page.post("contact", LETTER) for _ in range(15)]
    asks = [page.post("newsletter", {"email": f"v{number}@example.com"}) for number in range(15)]
    talks = [page.post("conversations", {}) for _ in range(5)]
    answers = await asyncio.gather(*letters[:8], *asks[:8], *talks, erase(page), *letters[8:], *asks[8:])
    assert {answer.status_code for answer in answers} <= {200, 201, 202, 403}
    tables = ("conversation_events", "outbox", "subscribers", "newsletter_requests", "conversations", "one_time_links")
    assert [await count(table) for table in tables] == [0] * 6


async def test_an_open_stream_closes_when_its_visitor_is_erased(application: Application) -> None:
    async with (
        serve_application(application) as address,
        httpx.AsyncClient(base_url=address, timeout=DEADLINE) as client,
    ):
        page = Page(client)
        conversation = await use_every_feature(page)
        async with page.stream(f"conversations/{conversation}/events") as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            assert (await erase(page)).status_code == 200
            rest = [line async for line in lines]
    assert json.loads(rest[rest.index("event: closed") + 1].removeprefix("data: ")) == {"reason": "withdrawn"}
