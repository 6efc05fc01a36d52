"""Checks that a contact message is validated as a whole, stored, and mailed through the outbox."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.db.tables import conversation_events, conversations
from forecourt.mail import outbox
from tests.engines import refused_alike
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio


async def test_a_message_is_stored_and_mailed_to_the_site(page: Page, application: Application) -> None:
    await page.accept()
    response = await page.post("contact", LETTER | {"topic": "dpa"})
    assert response.status_code == 201
    row = await application.database.read(lambda c: c.execute(conversations.select()).one())
    assert (row.id, row.topic, row.name, row.email) == (response.json()["id"], "dpa", "Ola Nordmann", "ola@example.com")
    mail = (await application.database.read(outbox.find_latest_mails))[0]
    letter = message_from_bytes(mail.payload, policy=policy.default)
    assert mail.recipient == application.settings.sites["main"].email
    assert letter["Reply-To"] == "ola@example.com"
    assert f"/console/conversations/{row.id}" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr] # the stub allows no body


async def test_every_wrong_field_is_named_at_once_in_the_language(page: Page, count: Callable[[str], Any]) -> None:
    await page.accept()
    wrong = {"name": " ", "email": "no", "topic": "nope", "message": "", "user_id": 1}
    response = await page.post("contact", wrong, **{"accept-language": "nb"})
    assert response.status_code == 422
    errors = {each["field"]: (each["code"], each["message"]) for each in response.json()["errors"]}
    assert {name: code for name, (code, _) in errors.items()} == {
        "user_id": "unknown",
        "name": "required",
        "email": "email",
        "topic": "choice",
        "message": "required",
    }
    assert errors["message"][1] == "Fyll ut dette feltet."
    assert await count("conversations") == 0


@refused_alike
@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.z", "a\nb", "a\x00b", "x" * 101])
async def test_a_name_that_nobody_typed_is_refused(page: Page, name: str) -> None:
    await page.accept()
    response = await page.post("contact", LETTER | {"name": name})
    assert [each["field"] for each in response.json()["errors"]] == ["name"]


@refused_alike
@pytest.mark.parametrize(
    "email",
    [
        "v@x.org>\r\nRCPT TO:<w@x.org",
        "v@x.org,w@x.org",
        "<v@x.org>",
        "v@x",
        '"a b"@x.org',
        f"{'a' * 65}@x.org",
        "v@x .org",
        "v@ⓑ.org",
        "...@x.org",
    ],
)
async def test_a_wrong_address_is_refused_and_never_corrected(page: Page, email: str) -> None:
    await page.accept()
    response = await page.post("contact", LETTER | {"email": email})
    assert [each["field"] for each in response.json()["errors"]] == ["email"]


@refused_alike
@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"{", "malformed", 400),
        (b"\xff\xfe", "malformed", 400),
        (b'{"name": "\\ud800"}', "malformed", 400),
        (b"[" * 20000, "malformed", 400),
        (b"[]", "invalid", 422),
        (b'"x"', "invalid", 422),
        (b"x" * (64 * 1024 + 1), "too_large", 413),
    ],
)
async def test_each_kind_of_unreadable_body_has_its_own_code(page: Page, raw: bytes, code: str, status: int) -> None:
    await page.accept()
    headers = page.headers() | {"content-type": "application/json"}
    response = await page.client.post("/v1/sites/main/contact", content=raw, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


async def test_only_json_is_read(page: Page) -> None:
    await page.accept()
    headers = page.headers() | {"content-type": "text/plain"}
    response = await page.client.post("/v1/sites/main/contact", content=b"{}", headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_type")


async def test_what_nobody_sees_keeps_nobody_out(page: Page, application: Application) -> None:
    await page.accept()
    typed = {
        "name": "Ola\tNord\u00admann\u202c",
        "email": "\u202aola\u200b@example.com ",
        "message": "Hei!\x0bD\x92Arcy",
    }
    assert (await page.post("contact", LETTER | typed)).status_code == 201
    row = await application.database.read(lambda c: c.execute(conversations.select()).one())
    event = await application.database.read(lambda c: c.execute(conversation_events.select()).one())
    assert (row.name, row.email, event.body) == ("Ola Nordmann", "ola@example.com", "Hei!\nD’Arcy")


@refused_alike
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"message": "Hei, der\x07"}, "U+0007, etter «\u2068Hei, der\u2069»."),
        ({"message": "x" * 5001}, "Dette er 1 tegn for langt. Her er det plass til høyst 5\u00a0000."),
        ({"message": "👍🏽" * 3000}, "Dette er 1\u00a0000 tegn for langt."),
        ({"email": "ola＠example.com"}, "U+FF20 FULLWIDTH COMMERCIAL AT, etter «\u2068ola\u2069»."),
        (
            {"email": "оla@example.com"},
            "Dette begynner med et tegn som ikke kan brukes her: U+043E CYRILLIC SMALL LETTER O.",
        ),
        ({"email": "ola@exam\u2024ple.com"}, "U+2024 ONE DOT LEADER, etter «\u2068ola@exam\u2069»."),
        ({"email": "ola@exa mple.com"}, "U+0020 SPACE, etter «\u2068ola@exa\u2069»."),
        ({"email": "ola, kari@example.com"}, "Oppgi én e-postadresse"),
        ({"email": "Ola <ola@example.com>"}, "Oppgi én e-postadresse"),
    ],
)
async def test_what_is_refused_is_named_with_its_place(page: Page, typed: dict[str, str], words: str) -> None:
    await page.accept()
    response = await page.post("contact", LETTER | typed, **{"accept-language": "nb"})
    (error,) = response.json()["errors"]
    assert words in error["message"]


@refused_alike
@pytest.mark.parametrize("email", ["v@x.test", "v@mail.internal", "Ola.Nordmann+x@example.com"])
async def test_no_domain_name_is_looked_up(page: Page, email: str) -> None:
    await page.accept()
    assert (await page.post("contact", LETTER | {"email": email})).status_code == 201


async def test_a_message_sent_again_under_its_key_is_stored_and_mailed_once(
    page: Page, count: Callable[[str], Any]
) -> None:
    await page.accept()
    responses = [await page.post("contact", LETTER | {"key": "k"}) for _ in range(2)]
    assert [response.status_code for response in responses] == [201, 200]
    assert responses[0].json() == responses[1].json()
    assert [await count(table) for table in ("conversations", "outbox")] == [1, 1]


async def test_one_key_with_two_messages_is_refused_and_each_visitor_has_keys_of_their_own(page: Page) -> None:
    await page.accept()
    assert (await page.post("contact", LETTER | {"key": "k"})).status_code == 201
    refusal = await page.post("contact", LETTER | {"key": "k", "message": "Hei igjen!"})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "key_conflict")
    stranger = Page(page.client)
    await stranger.accept()
    assert (await stranger.post("contact", LETTER | {"key": "k"})).status_code == 201
