"""Checks that agents get a visitor's files safely, and that theirs reach the visitor: in the chat, or by mail."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.db.tables import audit_log, outbox
from tests.engines import refused_alike
from tests.files.samples import PDF, picture
from tests.files.upload import upload
from tests.page import LETTER, Page

from .browser import Browser

pytestmark = pytest.mark.anyio
FRAGMENT = {"hx-request": "true", "sec-fetch-site": "same-origin"}
TRICKY = "å\u202e<b>.pdf"


async def send_files(signed_in: Browser, path: str, *files: tuple[str, bytes], **fields: str) -> Any:
    form = {"key": "a1", "body": "Se vedlegget", "seen": "999999999"} | fields
    parts = [("files", (name, content, "application/x-anything")) for name, content in files]
    headers = {"origin": signed_in.address} | FRAGMENT
    return await signed_in.client.post(f"{path}/answers", data=form, files=parts, headers=headers)


@pytest.fixture
async def letter(visitor: Page) -> str:
    """A contact message with a file that has a tricky name."""
    file = (await upload(visitor, "contact/files", PDF, TRICKY)).json()["id"]
    return str((await visitor.post("contact", LETTER | {"files": [file]})).json()["id"])


@refused_alike
async def test_a_visitors_files_are_shown_and_saved(
    signed_in: Browser, visitor: Page, conversation: str, application: Application
) -> None:
    path, page_path = f"conversations/{conversation}", f"/console/conversations/{conversation}"
    files = [
        (await upload(visitor, path + "/files", content, name, key=name)).json()["id"]
        for name, content in (("<img onerror>.png", picture("PNG")), ("a.pdf", PDF))
    ]
    await visitor.post(path + "/messages", {"key": "v2", "body": "", "files": files})
    text = (await signed_in.get(page_path)).text
    assert re.findall(r"<li>(<img|).*?<bdi>(.*?)</bdi>", text, re.DOTALL) == [
        ("<img", "img onerror.png"),
        ("", "a.pdf"),
    ]
    picture_answer = await signed_in.get(f"{page_path}/files/{files[0]}/picture")
    assert picture_answer.headers["content-type"] == "image/png"
    saved = await signed_in.get(f"{page_path}/files/{files[1]}")
    assert (saved.content, saved.headers["content-disposition"]) == (PDF, "attachment; filename*=UTF-8''a.pdf")
    for answer in (picture_answer, saved):
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await signed_in.get(f"{page_path}/files/{files[1]}/picture")).status_code == 404
    assert (await signed_in.get(f"/console/conversations/other/files/{files[1]}")).status_code == 404
    entries = await application.database.read(lambda c: c.execute(audit_log.select()).all())
    assert [entry.subject for entry in entries if entry.action == "file_downloaded"] == [conversation]


@refused_alike
async def test_files_are_for_who_is_signed_in(browser: Browser, visitor: Page, conversation: str) -> None:
    path = f"conversations/{conversation}"
    file = (await upload(visitor, path + "/files")).json()["id"]
    await visitor.post(path + "/messages", {"key": "v2", "body": "", "files": [file]})
    answer = await browser.get(f"/console/{path}/files/{file}")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/console/sign-in")


async def test_an_answer_in_the_chat_carries_files_once(
    signed_in: Browser, visitor: Page, conversation: str, count: Any
) -> None:
    path = f"/console/conversations/{conversation}"
    for _ in range(2):
        answer = await send_files(signed_in, path, ("a.png", picture("PNG")), ("b.exe", PDF), body="")
        assert answer.status_code == 204, answer.text
    assert await count("files") == 2
    changed = await send_files(signed_in, path, ("a.png", picture("JPEG")), ("b.exe", PDF), body="")
    assert changed.status_code == 409
    exported = (await visitor.get("me")).json()["files"]
    assert sorted(file["name"] for file in exported) == ["a.png", "b.pdf"]
    assert (await visitor.client.get(exported[0]["path"], headers=visitor.headers())).status_code == 200


async def test_an_answer_by_mail_has_them_attached(signed_in: Browser, letter: str, application: Application) -> None:
    answer = await send_files(signed_in, f"/console/conversations/{letter}", (TRICKY, PDF), ("a.png", picture("PNG")))
    assert answer.status_code == 204, answer.text
    rows = await application.database.read(lambda c: c.execute(outbox.select()).all())
    mails = {row.kind: message_from_bytes(row.payload, policy=policy.default) for row in rows}
    attachments = [*mails["contact_answer"].iter_attachments()]
    assert [(part.get_filename(), part.get_content_type()) for part in attachments] == [
        ("å_b.pdf", "application/pdf"),
        ("a.png", "image/png"),
    ]
    assert attachments[0].get_content() == PDF
    text = mails["contact_message"].get_body(("plain",))
    assert text
    assert "Files: å_b.pdf" in text.get_content()


@refused_alike
@pytest.mark.parametrize(
    ("content", "fields", "status", "sentence"),
    [
        (b"<svg/>", {}, 415, "Files of this kind cannot be sent here."),
        (PDF, {"mode": "note"}, 422, "A note cannot carry files."),
        (b"a" * (10 * 1024 * 1024 + 70_000), {}, 413, "That is too much to send at once."),
    ],
)
async def test_a_refused_file_stores_no_answer(
    signed_in: Browser,
    conversation: str,
    content: bytes,
    fields: dict[str, str],
    status: int,
    sentence: str,
    count: Any,
) -> None:
    answer = await send_files(signed_in, f"/console/conversations/{conversation}", ("a.png", content), **fields)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert (await count("files"), await count("conversation_events")) == (0, 1)
