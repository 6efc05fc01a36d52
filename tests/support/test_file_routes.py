"""Checks that files go to their conversation once, come back to their visitor only, and leave with them."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import conversations, files
from forecourt.files.actions import UNNAMED_AT_MOST, remove_unnamed
from forecourt.settings.server import FileScanSettings, Settings
from forecourt.settings.site import FileSettings
from forecourt.support.actions import close
from forecourt.visitor.retention_worker import run_round
from tests.chat.stream_reader import StreamReader
from tests.engines import refused_alike
from tests.files.samples import PDF, huge_png, picture
from tests.files.upload import upload, upload_to_chat
from tests.page import LETTER, Page

pytestmark = pytest.mark.anyio
MEGABYTES = 10 * 1024 * 1024


async def test_a_file_goes_with_a_message_once_and_comes_back_as_it_is(page: Page, application: Application) -> None:
    await page.accept()
    conversation = await page.converse()
    path, content = f"conversations/{conversation}", PDF + bytes(range(256)) * 4096  # five chunks
    stored = await upload(page, path + "/files", content, "Faktura\u202e.exe")
    assert stored.status_code == 201
    file = stored.json()
    assert file == {"id": file["id"], "name": "Faktura.pdf", "kind": "pdf", "size": len(content)}
    message = {"key": "m", "body": "", "files": [file["id"]]}
    first, second = [await page.post(path + "/messages", message) for _ in range(2)]
    assert (first.status_code, second.status_code, first.json()) == (201, 200, second.json())
    other = await page.post(path + "/messages", {**message, "files": []})
    assert other.status_code == 422  # it says nothing at all
    assert (await page.post(path + "/messages", {**message, "body": "x", "key": "n"})).status_code == 422
    answer = await page.get(f"{path}/files/{file['id']}")
    assert answer.content == content
    expected_headers = {
        "content-disposition": "attachment; filename*=UTF-8''Faktura.pdf",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, no-store",
    }
    assert expected_headers.items() <= dict(answer.headers).items()
    assert (answer.headers["x-content-type-options"], answer.headers["access-control-allow-origin"]) == ("nosniff", "*")


async def test_the_stream_tells_of_files(live_page: Page) -> None:
    await live_page.accept()
    conversation = await live_page.converse()
    path = f"conversations/{conversation}"
    file = (await upload(live_page, path + "/files", picture("PNG"), "a.png")).json()
    await live_page.post(path + "/messages", {"key": "m", "body": "Se her", "files": [file["id"]]})
    reader = StreamReader(f"/v1/sites/main/{path}/events", live_page.token or "")
    await asyncio.to_thread(reader.read, str(live_page.client.base_url), 100_000, 1)
    assert reader.messages[0]["files"] == [file]


async def test_the_same_key_stores_one_file(page: Page, count: Any) -> None:
    await page.accept()
    path = f"conversations/{await page.converse()}/files"
    answers = await asyncio.gather(*(upload(page, path) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201]
    assert await count("files") == 1
    other = await upload(page, path, PDF + b"other")
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")


async def test_one_message_carries_a_file(page: Page) -> None:
    await page.accept()
    conversation = await page.converse()
    file, path = await upload_to_chat(page, conversation), f"conversations/{conversation}/messages"
    assert (await page.post(path, {"key": "m", "body": "a", "files": [file]})).status_code == 201
    changed = await page.post(path, {"key": "m", "body": "a"})
    assert (changed.status_code, changed.json()["code"]) == (409, "key_conflict")
    second_answer = await page.post(path, {"key": "n", "body": "a", "files": [file]})
    assert (second_answer.status_code, second_answer.json()["errors"][0]["code"]) == (422, "file_gone")
    second_file = await upload_to_chat(page, conversation, key="2")
    twice = await page.post(path, {"key": "o", "body": "a", "files": [second_file, second_file]})
    assert twice.status_code == 422


async def test_nobody_else_reaches_a_file(page: Page, application: Application) -> None:
    """Neither another visitor, nor another conversation of the same one, nor another site, by any verb."""
    await page.accept()
    conversation = await page.converse()
    file = await upload_to_chat(page, conversation)
    stranger, elsewhere = Page(page.client), Page(page.client, "other", "https://other.example")
    await stranger.accept()
    await elsewhere.accept()
    await application.database.write(lambda c: close(c, conversation, "agent"))
    second = await page.converse()
    own_path = f"conversations/{conversation}/files"
    for visitor, path in ((stranger, own_path), (elsewhere, own_path), (page, f"conversations/{second}/files")):
        answers = [await visitor.get(f"{path}/{file}"), await visitor.delete(f"{path}/{file}")]
        assert [answer.status_code for answer in answers] == [404, 404]
    for visitor in (stranger, elsewhere):
        assert (await upload(visitor, own_path, key="x")).status_code == 404
    theft = {"key": "m", "body": "a", "files": [file]}
    assert (await page.post(f"conversations/{second}/messages", theft)).status_code == 422
    letter = await stranger.post("contact", LETTER | {"files": [file]})
    assert letter.status_code == 422
    assert (await upload(page, own_path, key="y")).json()["code"] == "conversation_closed"
    page.token = None
    assert (await page.get(f"{own_path}/{file}")).status_code == 401


@refused_alike
@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, 415, "file_kind"),
        (huge_png(), {}, 422, "image_too_large"),
        (picture("PNG")[:50], {}, 422, "file_damaged"),
        (b"", {}, 422, "file_empty"),
        (b"a" * (MEGABYTES + 1), {}, 413, "too_large"),
        (PDF, {"content-type": "text/plain"}, 415, "unsupported_type"),
        (PDF, {"content-disposition": "attachment"}, 400, "malformed"),
        (PDF, {"idempotency-key": ""}, 422, "invalid"),
        (PDF, {"origin": "https://evil.example"}, 403, "origin_refused"),
    ],
)
async def test_what_is_no_file_for_us_is_refused(
    page: Page, content: bytes, headers: dict[str, str], status: int, code: str, count: Any
) -> None:
    await page.accept()
    path = f"conversations/{await page.converse()}/files"
    answer = await upload(page, path, content, "a.png", **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await count("files") == await count("file_chunks") == 0


@refused_alike
async def test_a_body_without_a_length_is_cut_at_the_limit(page: Page) -> None:
    await page.accept()
    path = f"/v1/sites/main/conversations/{await page.converse()}/files"

    async def pieces() -> Any:
        for _ in range(11):
            yield bytes(1024 * 1024)

    headers = {"content-type": "application/octet-stream", "idempotency-key": "k"}
    headers |= {"content-disposition": "attachment; filename*=UTF-8''a"}
    answer = await page.client.post(path, content=pieces(), headers=page.headers() | headers)
    assert answer.status_code == 413


@refused_alike
async def test_a_cut_upload_stores_nothing(live_page: Page, application: Application, count: Any) -> None:
    await live_page.accept()
    path = f"/v1/sites/main/conversations/{await live_page.converse()}/files"
    address = live_page.client.base_url
    reader, writer = await asyncio.open_connection(address.host, address.port)
    head = [f"POST {path} HTTP/1.1", "Host: x", "Content-Length: 1000", "Content-Type: application/octet-stream"]
    head += [f"{name}: {value}" for name, value in live_page.headers().items()]
    head += ["Content-Disposition: attachment; filename*=UTF-8''a", "Idempotency-Key: k", "", ""]
    writer.write("\r\n".join(head).encode() + PDF)
    writer.write_eof()
    assert b" 400 " in await reader.readline() or reader.at_eof()
    writer.close()
    assert await count("files") == 0


@refused_alike
async def test_without_consent_nothing_is_taken(page: Page) -> None:
    await page.accept()
    conversation = await page.converse()
    file = await upload_to_chat(page, conversation)
    await page.withdraw()
    assert (await upload(page, f"conversations/{conversation}/files", key="x")).status_code == 403
    assert (await upload(page, "contact/files")).status_code == 403
    # What was given can be seen, and taken back.
    assert (await page.get(f"conversations/{conversation}/files/{file}")).status_code == 200
    assert (await page.delete(f"conversations/{conversation}/files/{file}")).status_code == 204


async def test_a_contact_message_carries_files_once(page: Page, application: Application) -> None:
    await page.accept()
    ids = [(await upload(page, "contact/files", key=f"{number}")).json()["id"] for number in range(2)]
    letter = LETTER | {"key": "k", "files": ids}
    first, second = await page.post("contact", letter), await page.post("contact", letter)
    assert (first.status_code, second.status_code, first.json()) == (201, 200, second.json())
    assert (await page.post("contact", letter | {"files": ids[:1]})).json()["code"] == "key_conflict"
    assert (await page.post("contact", letter | {"key": "l"})).json()["errors"][0]["code"] == "file_gone"
    identity = first.json()["id"]
    assert (await page.get(f"conversations/{identity}/files/{ids[0]}")).content == PDF
    assert (await page.delete(f"conversations/{identity}/files/{ids[0]}")).status_code == 404


async def test_a_file_that_no_message_names_is_removed(page: Page, application: Application, count: Any) -> None:
    """A visitor may remove it; and whoever dies between upload and message leaves nothing for longer than an hour."""
    await page.accept()
    conversation, database = await page.converse(), application.database
    removed_file, forgotten_file, sent_file = [await upload_to_chat(page, conversation, key=key) for key in "abc"]
    path = f"conversations/{conversation}"
    await page.post(path + "/messages", {"key": "m", "body": "", "files": [sent_file]})
    assert (await page.delete(f"{path}/files/{removed_file}")).status_code == 204
    assert (await page.delete(f"{path}/files/{sent_file}")).status_code == 404
    assert await database.write(remove_unnamed) == 0
    await database.write(lambda c: c.execute(update(files).values(created_at=clock.now() - timedelta(minutes=61))))
    assert await database.write(remove_unnamed) == 1
    assert (await count("files"), await count("file_chunks")) == (1, 1)
    late = await page.post(path + "/messages", {"key": "n", "body": "a", "files": [forgotten_file]})
    assert late.json()["errors"][0]["code"] == "file_gone"


@refused_alike
async def test_few_files_of_one_visitor_wait_for_a_message(page: Page) -> None:
    await page.accept()
    path = f"conversations/{await page.converse()}/files"
    answers = [await upload(page, path, key=f"{number}") for number in range(UNNAMED_AT_MOST + 1)]
    assert [answer.status_code for answer in answers] == [201] * UNNAMED_AT_MOST + [429]


async def test_an_export_lists_files_and_erasing_removes_them(page: Page, count: Any) -> None:
    await page.accept()
    conversation = await page.converse()
    file = await upload_to_chat(page, conversation)
    await upload(page, "contact/files")
    await page.post(f"conversations/{conversation}/messages", {"key": "m", "body": "", "files": [file]})
    exported = (await page.get("me")).json()["files"]
    assert [(each["name"], each["kind"], each["size"]) for each in exported] == [("a.pdf", "pdf", len(PDF))] * 2
    paths = {each["path"] for each in exported}
    assert paths == {"", f"/v1/sites/main/conversations/{conversation}/files/{file}"}
    headers = page.headers() | {"content-type": "application/json"}
    erased = await page.client.request("DELETE", "/v1/sites/main/me", json={"confirm": True}, headers=headers)
    assert erased.json()["erased"]["files"] == 2
    assert (await count("files"), await count("file_chunks")) == (0, 0)


async def test_retention_removes_files_with_their_conversation(
    page: Page, application: Application, count: Any
) -> None:
    await page.accept()
    conversation = await page.converse()
    file = await upload_to_chat(page, conversation)
    await page.post(f"conversations/{conversation}/messages", {"key": "m", "body": "", "files": [file]})
    old = clock.now() - timedelta(days=4000)
    await application.database.write(lambda c: c.execute(update(conversations).values(last_message_at=old)))
    await run_round(application.database, application.settings.sites, application.settings.retention)
    assert (await count("files"), await count("file_chunks")) == (0, 0)


class TestFewerFiles:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        sites = {name: replace(site, files=FileSettings(1, 1)) for name, site in settings.sites.items()}
        sites["other"] = replace(sites["other"], files=FileSettings(0))
        return replace(settings, sites=sites)

    @refused_alike
    async def test_a_site_may_allow_less_and_fewer(self, page: Page) -> None:
        await page.accept()
        path = f"conversations/{await page.converse()}"
        assert (await upload(page, path + "/files", b"a" * (1024 * 1024 + 1))).status_code == 413
        ids = [(await upload(page, path + "/files", key=key)).json()["id"] for key in "ab"]
        answer = await page.post(path + "/messages", {"key": "m", "body": "a", "files": ids})
        assert answer.json()["errors"][0]["message"] == "At most 1, please."
        other = Page(page.client, "other", "https://other.example")
        await other.accept()
        assert (await upload(other, f"conversations/{await other.converse()}/files")).status_code == 404


class TestScanned:
    """With a command that refuses what holds EICAR, dies of what holds BUG, and hangs at what holds SLOW."""

    COMMAND = """
import sys
content = sys.stdin.buffer.read()
while b"SLOW" in content:
    pass
sys.exit(1 if b"EICAR" in content else 7 if b"BUG" in content else 0)
"""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, file_scan=FileScanSettings((sys.executable, "-c", self.COMMAND), 1.0))

    @refused_alike
    @pytest.mark.parametrize(
        ("word", "status", "code"),
        [
            ("EICAR", 422, "file_unsafe"),
            ("BUG", 503, "file_unchecked"),
            ("SLOW", 503, "file_unchecked"),
            ("", 201, None),
        ],
    )
    async def test_the_operators_command_can_refuse_a_file(
        self, page: Page, word: str, status: int, code: str | None, count: Any
    ) -> None:
        await page.accept()
        answer: httpx.Response = await upload(page, "contact/files", PDF + word.encode())
        assert (answer.status_code, json.loads(answer.content).get("code")) == (status, code)
        assert await count("files") == (status == 201)


class TestScannerMissing:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, file_scan=FileScanSettings(("/no/such/command",)))

    @refused_alike
    async def test_a_missing_command_lets_nothing_through(self, page: Page) -> None:
        await page.accept()
        assert (await upload(page, "contact/files")).json()["code"] == "file_unchecked"
