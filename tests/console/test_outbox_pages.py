"""The demo's window on the outbox shows each mail as its reader sees it, in a box."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from forecourt.console.outbox_pages import OutboxPages
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender
from tests.deadline import DEADLINE
from tests.mail.test_mime_message import CONTEXTS, LINK

pytestmark = pytest.mark.anyio
ASSETS = "http://127.0.0.1:8000"


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=OutboxPages(database, ASSETS).routes()))
    async with httpx.AsyncClient(base_url="http://localhost:8001", transport=transport, timeout=DEADLINE) as client:
        yield client


@pytest.fixture
async def mail(database: Database) -> str:
    hostile = CONTEXTS["contact_message"] | {
        "name": "<b>Ola</b>",
        "message": "</style><script>x</script> http://a.example/.",
    }
    written = Mail("contact_message", "d", "support@example.com", "en", hostile, "ola@example.com")
    await database.write(lambda c: outbox.put_mail(c, written, Sender("Example AS", "forecourt@example.com")))
    return str((await database.read(outbox.find_latest_mails))[0].id)


async def test_an_outbox_without_mails_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/mails")
    assert "No mail yet." in answer.text
    assert f'href="{ASSETS}/assets/base-' in answer.text


async def test_the_list_names_subject_recipient_and_state(client: httpx.AsyncClient, mail: str) -> None:
    answer = await client.get("/mails", headers={"accept-language": "nb"})
    for text in (f'href="/mails/{mail}"', "&lt;b&gt;Ola&lt;/b&gt;", "support@example.com", "Under sending"):
        assert text in answer.text


async def test_a_mail_shows_its_text_with_links_to_follow(client: httpx.AsyncClient, mail: str) -> None:
    answer = await client.get(f"/mails/{mail}")
    assert f'<a href="{LINK}" rel="noreferrer">{LINK}</a>' in answer.text
    assert '<a href="http://a.example/" rel="noreferrer">http://a.example/</a>.' in answer.text
    assert "ola@example.com" in answer.text
    assert "<script" not in answer.text
    csp = answer.headers["content-security-policy"]
    assert f"default-src 'none'; style-src {ASSETS}; img-src data:; frame-src 'self'" in csp


async def test_the_mails_document_is_boxed_and_styled_by_its_hash_alone(client: httpx.AsyncClient, mail: str) -> None:
    answer = await client.get(f"/mails/{mail}/html")
    style = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    csp = answer.headers["content-security-policy"]
    assert csp.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'; " in csp
    assert "allow-scripts" not in csp
    assert "frame-ancestors 'self'" in csp


async def test_a_mail_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    assert [(await client.get(path)).status_code for path in ("/mails/x", "/mails/x/html")] == [404, 404]


async def test_the_pages_only_read(client: httpx.AsyncClient, mail: str) -> None:
    assert [(await client.post(path)).status_code for path in ("/mails", f"/mails/{mail}")] == [405, 405]
