"""A contact message is checked whole, stored once it is right, and mailed through the outbox."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.db.tables import contact_messages
from forecourt.mail import outbox
from tests.engines import refused_alike
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio


async def test_a_message_is_stored_and_mailed_to_the_site(page: Page, application: Application) -> None:
    await page.accept()
    answer = await page.post("contact", LETTER | {"topic": "dpa"})
    assert answer.status_code == 201
    row = await application.database.read(lambda c: c.execute(contact_messages.select()).one())
    assert (row.id, row.topic, row.name, row.email) == (answer.json()["id"], "dpa", "Ola Nordmann", "ola@example.com")
    mail = (await application.database.read(outbox.latest))[0]
    letter = message_from_bytes(mail.raw, policy=policy.default)
    assert mail.recipient == application.settings.sites["main"].email
    assert letter["Reply-To"] == "ola@example.com"
    assert f"/console/contact/{row.id}" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr] # the stub allows no body


async def test_every_wrong_field_is_named_at_once_in_the_language(page: Page, count: Callable[[str], Any]) -> None:
    await page.accept()
    wrong = {"name": " ", "email": "no", "topic": "nope", "message": "", "user_id": 1}
    answer = await page.post("contact", wrong, **{"accept-language": "nb"})
    assert answer.status_code == 422
    found = {each["field"]: (each["code"], each["message"]) for each in answer.json()["errors"]}
    assert {name: code for name, (code, _) in found.items()} == {
        "user_id": "unknown",
        "name": "characters",
        "email": "email",
        "topic": "choice",
        "message": "required",
    }
    assert found["message"][1] == "Fyll ut dette feltet."
    assert await count("contact_messages") == 0


@refused_alike
@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.z", "a\u0085b", "a\u2028b", "a\u202eb", "a\x00b", "x" * 101])
async def test_a_name_that_could_break_a_header_or_turn_the_text_is_refused(page: Page, name: str) -> None:
    await page.accept()
    answer = await page.post("contact", LETTER | {"name": name})
    assert [each["field"] for each in answer.json()["errors"]] == ["name"]


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
        "v@x.org ",
        "v@ⓑ.org",
    ],
)
async def test_an_address_is_refused_and_never_repaired(page: Page, email: str) -> None:
    await page.accept()
    answer = await page.post("contact", LETTER | {"email": email})
    assert [each["field"] for each in answer.json()["errors"]] == ["email"]


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
async def test_a_body_that_cannot_be_read_is_told_apart(page: Page, raw: bytes, code: str, status: int) -> None:
    await page.accept()
    headers = page.headers() | {"content-type": "application/json"}
    answer = await page.client.post("/v1/sites/main/contact", content=raw, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_json_is_read(page: Page) -> None:
    await page.accept()
    headers = page.headers() | {"content-type": "text/plain"}
    answer = await page.client.post("/v1/sites/main/contact", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_type")


@refused_alike
@pytest.mark.parametrize("email", ["v@x.test", "v@mail.internal", "Ola.Nordmann+x@example.com"])
async def test_whether_a_name_takes_mail_is_not_guessed(page: Page, email: str) -> None:
    await page.accept()
    assert (await page.post("contact", LETTER | {"email": email})).status_code == 201
