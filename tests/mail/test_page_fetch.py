"""A page is fetched under the rules of webhooks: from public addresses, without a redirect, and not too much of it."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from forecourt.errors import FetchRefused
from forecourt.mail import page_fetch, webhook_transport
from forecourt.mail.page_fetch import fetch_page

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def serving(answer: bytes) -> AsyncIterator[str]:
    """Runs a real HTTP server that gives this answer. Yields its address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/list"


def reply(body: bytes, status: str = "200 OK", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-length: %d\r\n%s\r\n%s" % (status.encode(), len(body), headers, body)


async def test_a_page_comes_with_the_kind_that_its_server_names() -> None:
    async with serving(reply(b"<h1>List</h1>", headers=b"Content-Type: text/HTML; charset=utf-8\r\n")) as url:
        page = await fetch_page(url, 1000, allow_private=True)
    assert (page.content, page.media_type) == (b"<h1>List</h1>", "text/html")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (reply(b"", "302 Found", b"location: http://169.254.169.254/\r\n"), "leads on to http://169.254.169.254/"),
        (reply(b"", "302 Found", b"location: /policy\r\n"), r"leads on to http://127.0.0.1:\d+/policy;"),
        (reply(b"", "302 Found", b"location: http://[\r\n"), r"leads on to http://\[;"),
        (reply(b"", "302 Found"), "answers 302"),
        (reply(b"", "404 Not Found"), "answers 404"),
        (reply(b"x" * 1001), "is larger than"),
        (reply(gzip.compress(b"x" * 1_000_000), headers=b"content-encoding: gzip\r\n"), "is larger than"),
        (b"nonsense\r\n\r\n", "cannot be fetched"),
    ],
)
async def test_what_is_no_page_is_refused_with_a_sentence(answer: bytes, sentence: str) -> None:
    async with serving(answer) as url:
        with pytest.raises(FetchRefused, match=sentence):
            await fetch_page(url, 1000, allow_private=True)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "file:///etc/passwd"]
)
async def test_an_address_that_is_not_public_is_never_asked(url: str) -> None:
    with pytest.raises(FetchRefused, match="is no public https address"):
        await fetch_page(url, 1000)


async def test_a_name_that_resolves_inside_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_transport, "look_up", lambda *_: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(FetchRefused, match="leads to an address that is not public"):
        await fetch_page("https://www.example.com/", 1000)


async def test_a_name_that_leads_nowhere_is_told_from_a_server_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(b"") as url:
        with pytest.raises(FetchRefused) as refusal:
            await fetch_page(url, 1000, allow_private=True)
    assert refusal.value.code == "network"

    def find_nothing(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(webhook_transport, "look_up", find_nothing)
    with pytest.raises(FetchRefused) as refusal:
        await fetch_page("https://www.example.com/", 1000)
    assert (refusal.value.code, refusal.value.detail) == ("name", "www.example.com")


async def test_a_server_that_is_too_slow_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_fetch, "TIMEOUT_SECONDS", 0)
    async with serving(reply(b"late")) as url:
        with pytest.raises(FetchRefused) as refusal:
            await fetch_page(url, 1000, allow_private=True)
    assert refusal.value.code == "slow"
