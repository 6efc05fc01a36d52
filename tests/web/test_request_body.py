"""Checks request bodies over a real socket: without a length, too long, too slow, or ended early."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from forecourt.app import Application
from forecourt.web import request_body
from tests.conftest import serve_application
from tests.deadline import DEADLINE
from tests.page import ORIGIN

pytestmark = pytest.mark.anyio
HEAD = (
    f"POST /v1/sites/main/consents HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Type: application/json\r\n"
    "Connection: close\r\n"
)


@pytest.fixture
def engine() -> str:
    return "sqlite"


async def exchange(address: str, *pieces: str, pause: float = 0) -> str:
    """Sends the pieces with a pause between, reading meanwhile: an early answer may be followed by a cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
    answer = asyncio.create_task(reader.read(65536))
    for piece in pieces:
        writer.write(piece.encode())
        await asyncio.sleep(pause)  # clock: a body that trickles
    async with asyncio.timeout(DEADLINE):
        response = (await answer).decode()
    writer.close()
    return response


def chunk(text: str) -> str:
    return f"{len(text):x}\r\n{text}\r\n"


async def test_a_body_without_a_length_is_read(application: Application) -> None:
    async with serve_application(application) as address:
        answer = await exchange(
            address, HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunk('{"purposes"') + chunk(":1}") + chunk("")
        )
    assert answer.startswith("HTTP/1.1 422")


async def test_a_body_without_a_length_is_cut_where_it_is_too_long(application: Application) -> None:
    async with serve_application(application) as address:
        long = [chunk("x" * 30_000)] * 3
        answer = await exchange(address, HEAD + "Transfer-Encoding: chunked\r\n\r\n", *long, chunk(""))
    assert answer.startswith("HTTP/1.1 413")


async def test_a_body_that_says_it_is_too_long_is_not_waited_for(application: Application) -> None:
    async with serve_application(application) as address:
        answer = await exchange(address, HEAD + "Content-Length: 900000\r\n\r\n")
    assert answer.startswith("HTTP/1.1 413")


async def test_a_body_that_trickles_is_given_up(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.3)
    async with serve_application(application) as address:
        answer = await exchange(address, HEAD + "Content-Length: 100\r\n\r\n", "{", '"', pause=0.3)
    assert answer.startswith("HTTP/1.1 400")
    assert '"code":"malformed"' in answer


async def test_who_leaves_in_the_middle_of_a_body_breaks_nothing(application: Application) -> None:
    async with serve_application(application) as address:
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
        writer.write((HEAD + "Content-Length: 100\r\n\r\n{").encode())
        await writer.drain()
        writer.close()
        answer = await exchange(address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200")


async def test_a_connection_that_is_kept_serves_again(application: Application) -> None:
    async with (
        serve_application(application) as address,
        httpx.AsyncClient(base_url=address, timeout=DEADLINE) as client,
    ):
        answers = [(await client.get("/healthz")).status_code for _ in range(3)]
    assert answers == [200, 200, 200]
