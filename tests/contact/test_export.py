"""Checks that every contact message of a site is exported with its answers, as CSV and as JSON."""

import csv
import io
import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.contact import export
from forecourt.db.tables import conversation_events, conversations
from forecourt.mail.model import Sender
from forecourt.mail.routing import MailRouting
from forecourt.support.answers import send_answer
from tests.forecourt_process import PROGRAM
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio
SETTINGS = """
[sites.main]
origins = ["https://x.example"]
controller = "X"
email = "a@x.example"
policy = "p"
privacy_policy = "q"
"""


async def read_export(application: Application, name: str = "json", site: str = "main") -> str:
    messages = export.read_messages(application.database, site)
    return "".join([piece async for piece in export.FORMATS[name](messages)])


async def read_csv(application: Application) -> list[dict[str, str]]:
    text = await read_export(application, "csv")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def answer(application: Application, message: str, body: str) -> None:
    routing = MailRouting(
        "main", "support@example.com", "en", Sender("Example AS", "f@example.com"), "https://f.example"
    )
    await application.database.write(lambda c: send_answer(c, message, "nobody", body[:8], body, routing))


async def test_each_message_comes_with_its_answers(page: Page, application: Application) -> None:
    await page.accept()
    first = (await page.post("contact", LETTER | {"message": "Hei!\nHvor?", "topic": "dpa"})).json()["id"]
    second = (await page.post("contact", LETTER | {"name": "Kari"})).json()["id"]
    await answer(application, first, "I Frankfurt.")
    query = conversations.select().order_by(conversations.c.created_at)
    rows = await application.database.read(lambda c: c.execute(query).all())
    exported = msgspec.json.decode(await read_export(application))
    assert [(message["id"], message["state"]) for message in exported] == [(first, "answered"), (second, "open")]
    fields = {"site": "main", "name": "Ola Nordmann", "email": "ola@example.com", "topic": "dpa", "language": "en"}
    assert exported[0].items() >= (fields | {"message": "Hei!\nHvor?", "consent": rows[0].consent}).items()
    assert [(each["agent"], each["body"]) for each in exported[0]["answers"]] == [("", "I Frankfurt.")]
    lines = await read_csv(application)
    assert [line["id"] for line in lines] == [first, second]
    assert lines[0]["message"] == "Hei!\nHvor?"
    assert lines[0]["answers"].endswith("\nI Frankfurt.")


async def test_no_cell_is_run_as_a_formula(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("contact", LETTER | {"name": "=HYPERLINK(1)", "message": "@SUM(A1)"})
    (row,) = await read_csv(application)
    assert (row["name"], row["message"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")
    (message,) = msgspec.json.decode(await read_export(application))
    assert (message["name"], message["message"]) == ("=HYPERLINK(1)", "@SUM(A1)")


async def test_many_messages_come_in_order_each_once(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    row = dict((await application.database.read(lambda c: c.execute(conversations.select()).one()))._mapping)
    event = dict((await application.database.read(lambda c: c.execute(conversation_events.select()).one()))._mapping)
    # Several of one moment stand at the end of a page.
    times = [clock.now() + timedelta(seconds=number // 7) for number in range(2 * export.PAGE_SIZE)]
    more = [row | {"id": f"m{number:04}", "created_at": time} for number, time in enumerate(times)]
    events = [event | {"conversation": message["id"]} for message in more]
    await application.database.write(lambda c: c.execute(conversations.insert(), more) and None)
    await application.database.write(lambda c: c.execute(conversation_events.insert(), events) and None)
    exported: list[Any] = msgspec.json.decode(await read_export(application))
    assert [message["id"] for message in exported] == [row["id"], *(message["id"] for message in more)]


async def test_a_site_exports_its_own_messages_only(page: Page, application: Application) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    assert await read_export(application, "json", "other") == "[]\n"
    assert (await read_export(application, "csv", "other")).count("\r\n") == 1


async def test_the_command_writes_a_file_only_its_owner_can_read(
    page: Page, application: Application, tmp_path: Path
) -> None:
    await page.accept()
    await page.post("contact", LETTER)
    settings = tmp_path / "forecourt.toml"
    settings.write_text(SETTINGS)
    url = {"FORECOURT_DATABASE_URL": application.settings.database_url}
    for name in export.FORMATS:
        out = tmp_path / f"messages.{name}"
        command = [*PROGRAM, "contact", "export", "main", "--format", name, "--out", str(out)]
        options = ["--settings", str(settings), "--data", str(tmp_path)]
        process = subprocess.run([*command, *options], env=os.environ | url, capture_output=True, text=True)  # noqa: ASYNC221 - a test waits
        assert process.returncode == 0, process.stderr
        assert out.read_bytes().decode() == await read_export(application, name)
        assert out.stat().st_mode & 0o777 == 0o600
