"""How many connections may be open, which one goes for a new one, and what a connection may hold."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from forecourt.app import Application
from forecourt.settings.server import ConnectionSettings, Settings
from forecourt.web.connections import http_protocol, open_connections
from forecourt.web.connections.client_key import ProxyNetworks, client_key
from forecourt.web.connections.open_connections import EndReason, OpenConnections
from forecourt.web.connections.proxied_requests import ProxiedRequestsMiddleware
from tests.conftest import serve_application
from tests.deadline import DEADLINE
from tests.page import ORIGIN, Page

from .raw_connection import ASK, ASK_LAST, HEALTH, RawConnection, open_raw

pytestmark = pytest.mark.anyio
MAXIMUM, PER_NETWORK = 16, 4
HALF_A_POST = (
    f"POST /v1/sites/main/consents HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Type: application/json\r\n"
    "Content-Length: 2\r\n\r\n{"
).encode()


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, connections=ConnectionSettings(MAXIMUM, PER_NETWORK, idle_seconds=3600))


@pytest.fixture
async def port(application: Application) -> AsyncIterator[int]:
    async with serve_application(application) as address:
        yield urlsplit(address).port or 0


async def open_idle(port: int, client: str = "127.0.0.1") -> RawConnection:
    connection = await open_raw(port, client)
    assert "200 OK" in await connection.exchange(ASK)
    return connection


async def open_busy(port: int, client: str = "127.0.0.1") -> RawConnection:
    """Opens a connection whose request is under way once a later one is answered."""
    connection = await open_raw(port, client)
    connection.writer.write(HALF_A_POST)
    await connection.writer.drain()
    return connection


async def close_all(connections: list[RawConnection]) -> None:
    for connection in connections:
        await connection.close()


async def test_over_a_clients_cap_its_oldest_idle_connection_goes(port: int) -> None:
    other = await open_idle(port, "127.0.0.2")
    connections = [await open_idle(port) for _ in range(PER_NETWORK)]
    await connections[0].exchange(ASK)  # now the second has been idle the longest
    connections.append(await open_idle(port))
    assert await connections[1].read_to_end() == b""
    for connection in (other, connections[0], *connections[2:]):
        assert "200 OK" in await connection.exchange(ASK)
    await close_all([other, *connections])


async def test_over_the_cap_of_all_the_oldest_idle_connection_goes(port: int) -> None:
    clients = [f"127.0.0.{2 + number // 2}" for number in range(MAXIMUM)]
    connections = [await open_idle(port, client) for client in clients]
    connections.append(await open_idle(port))
    assert await connections[0].read_to_end() == b""
    for connection in connections[1:]:
        assert "200 OK" in await connection.exchange(ASK)
    await close_all(connections)


async def test_a_request_under_way_is_never_cut_and_the_new_one_is_answered_503(port: int) -> None:
    connections = [await open_busy(port) for _ in range(PER_NETWORK)]
    connections.append(await open_idle(port, "127.0.0.2"))  # by now the requests before are under way
    new = await open_raw(port)
    answer = await new.exchange(b"GET /v1/sites/main/boot HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith("HTTP/1.1 503")
    assert "retry-after: " in answer
    assert "access-control-allow-origin: *" in answer
    assert "connection: close" in answer
    assert '"code":"unavailable"' in answer
    assert await new.read_to_end() == b""
    for connection in connections[:PER_NETWORK]:
        assert "422" in await connection.exchange(b"}")
    await close_all([new, *connections])


async def test_an_open_event_stream_is_never_cut(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE) as client:
        page = Page(client)
        await page.accept()
        async with page.stream(f"conversations/{await page.converse()}/events") as response:
            chunks = response.aiter_bytes()
            assert await anext(chunks) == b": hi\n\n"
            connections = [await open_idle(port) for _ in range(PER_NETWORK * 2)]
            assert (await page.withdraw()).status_code == 200
            assert b"withdrawn" in await anext(chunks)
    await close_all(connections)


async def test_a_head_that_has_begun_is_cut_after_every_idle_connection(port: int) -> None:
    begun = await open_raw(port)
    begun.writer.write(HEALTH)
    connections = [await open_idle(port) for _ in range(PER_NETWORK * 2)]
    assert "200 OK" in await begun.exchange(b"\r\n")
    await close_all([begun, *connections])


async def test_too_many_over_a_cap_are_closed_without_an_answer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_connections, "MAX_TURNED_AWAY", 1)
    connections = [await open_busy(port) for _ in range(PER_NETWORK)]
    connections.append(await open_idle(port, "127.0.0.2"))
    first, second = await open_raw(port), await open_raw(port)
    assert await second.read_to_end() == b""
    assert "503" in await first.exchange(ASK)
    await close_all([first, second, *connections])


async def test_who_is_turned_away_does_not_stay(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "TURNED_AWAY_SECONDS", 0.1)
    connections = [await open_busy(port) for _ in range(PER_NETWORK)]
    connections.append(await open_idle(port, "127.0.0.2"))
    silent = await open_raw(port)
    assert await silent.read_to_end() == b""
    await close_all([silent, *connections])


async def test_a_trailer_changes_no_header_of_its_request(port: int) -> None:
    connection = await open_raw(port)
    head = f"POST /v1/sites/main/consents HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.writer.write(head.encode())
    answer = await connection.exchange(b"2\r\n{}\r\n0\r\nContent-Type: application/json\r\n\r\n")
    assert answer.startswith("HTTP/1.1 415")
    await connection.close()


async def test_pipelined_requests_are_all_answered_in_their_order(port: int) -> None:
    connection = await open_raw(port)
    paths = [f"/v1/sites/main/conversations/{number}" if number % 3 else "/healthz" for number in range(100)]
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Padding: {'x' * 100}\r\n\r\n".encode() for path in paths]
    connection.writer.write(b"".join(requests) + ASK_LAST)
    answers = (await connection.read_to_end()).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"401" if number % 3 else b"200" for number in range(100)] + [b"200"]
    await connection.close()


async def test_a_long_head_is_answered_431(port: int) -> None:
    connection = await open_raw(port)
    connection.writer.write(HEALTH + b"X-Long: " + b"x" * http_protocol.MAX_HEAD_BYTES)
    assert (await connection.read_to_end()).startswith(b"HTTP/1.1 431")
    await connection.close()


async def test_a_request_for_another_protocol_is_answered_as_http(port: int) -> None:
    connection = await open_raw(port)
    upgrade = HEALTH + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
    assert "200 OK" in await connection.exchange(upgrade)
    await connection.close()


async def test_bad_requests_of_a_kind_take_one_line_a_minute_in_the_log(
    port: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, application: Application
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            connection = await open_raw(port)
            connection.writer.write(b"evil\r\nINFO: all is well\r\n\r\n")
            assert (await connection.read_to_end()).startswith(b"HTTP/1.1 400")
            await connection.close()
        connections = OpenConnections(ConnectionSettings())
        for now in (1000, 1001, 1061):
            connections.count_end(EndReason.NOT_HTTP)
            connections.count_end(EndReason.NOT_HTTP)
            connections._log_reasons(now)
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert "all is well" not in caplog.text
    assert len([line for line in lines if line.startswith("Invalid")]) == 0
    assert [line[0] for line in lines if "not HTTP" in line][-2:] == ["2", "4"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a socket", ""),
    ],
)
def test_connections_are_counted_by_address_or_by_64(address: str, key: str) -> None:
    assert client_key(address) == key


def test_a_trusted_proxys_own_connections_are_not_counted_by_client() -> None:
    connections = OpenConnections(ConnectionSettings(), ["10.0.0.0/8", "2001:db8::1"])
    assert [connections.client_key_of(address) for address in ("10.1.2.3", "2001:db8::1", "192.0.2.7")] == [
        "",
        "",
        "192.0.2.7",
    ]
    assert "192.0.2.7" in ProxyNetworks(["*"])


async def test_behind_a_proxy_the_requests_under_way_are_counted_by_client() -> None:
    answers: list[int] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            answers.append(int(str(message["status"])))

    async def nest(scope: Scope, receive: Receive, _: Send) -> None:
        """Stands for a request that lasts: while it does, another one comes."""
        depth = scope["state"]["depth"] = scope["state"]["depth"] + 1
        if depth <= 3:
            await limited(scope, receive, send)  # type: ignore[arg-type] # a narrower message

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    # With `*` the address is the one that the header names: a client's.
    for proxy, address, expected in (
        ("10.0.0.1", "192.0.2.7", [503]),
        ("10.0.0.1", "10.0.0.1", []),
        ("*", "192.0.2.7", [503]),
    ):
        limited = ProxiedRequestsMiddleware(nest, 2, [proxy])
        answers.clear()
        scope = {"type": "http", "method": "GET", "path": "/v1/x", "headers": [], "query_string": b""}
        await limited(scope | {"client": (address, 1), "state": {"depth": 0}}, receive, send)  # type: ignore[arg-type]
        assert answers == expected
