"""A hundred connections at once in every bad state: all end in time, others are served, and the memory comes back."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.deadline import DEADLINE, wait_until_async
from tests.forecourt_process import PROGRAM, ForecourtProcess

from .raw_connection import ASK, HEALTH, RawConnection, open_raw

pytestmark = pytest.mark.anyio
TIMES = 100
SECONDS = 1  # of each deadline; the defaults would take a minute here
POST = b"POST /v1/sites/main/consents HTTP/1.1\r\nHost: x\r\nOrigin: ORIGIN\r\nContent-Type: application/json\r\n"
CHUNKED = b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = b"GET /v1/sites/main/boot?locale=nb&policy=1 HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(frozen=True, slots=True)
class BadState:
    """Describes what a client sends, what it then repeats every `pause` seconds, and the reason of the end."""

    name: str
    reason: str
    start: bytes = b""
    piece: bytes = b""
    pause: float = 0.1
    reads: bool = True


STATES = (
    BadState("nothing is sent", "head_late"),
    BadState("half a head", "head_late", HEALTH),
    BadState("a head by the byte", "head_late", HEALTH + b"X-Slow: ", b"x"),
    BadState("half a second head", "head_late", ASK + HEALTH),
    BadState("a head without end", "head_too_large", HEALTH, b"X-Long: " + b"x" * 8000 + b"\r\n", 0),
    BadState("one header without end", "head_too_large", HEALTH + b"X-Long: ", b"x" * 8000, 0),
    BadState("a hundred thousand headers", "head_too_large", HEALTH, b"x:\r\n" * 1000, 0),
    BadState("half a body", "body_late", POST + b"Content-Length: 99\r\n\r\n{"),
    BadState("a body by the byte", "body_late", POST + b"Content-Length: 99\r\n\r\n", b"{"),
    BadState("no rest of a body", "body_rest", HEALTH + b"Content-Length: 9\r\n\r\nx"),
    BadState("the rest of a body by the byte", "body_rest", HEALTH + b"Content-Length: 99999\r\n\r\n", b"x"),
    BadState(
        "the rest of a body without end", "body_rest", HEALTH + b"Content-Length: 999999999\r\n\r\n", b"x" * 9999, 0
    ),
    BadState("no rest after a refusal", "body_rest", POST.replace(b"ORIGIN", b"x") + b"Content-Length: 9\r\n\r\n"),
    BadState("no chunk after an answer", "body_rest", CHUNKED),
    BadState("chunks without end", "body_rest", CHUNKED, b"3e8\r\n" + b"x" * 1000 + b"\r\n", 0),
    BadState("a chunk extension without end", "head_too_large", CHUNKED + b"1;", b"x" * 9999, 0),
    BadState("trailers without end", "head_too_large", CHUNKED + b"0\r\n", b"X-Trailer: " + b"x" * 8000 + b"\r\n", 0),
    BadState("one trailer without end", "head_too_large", CHUNKED + b"0\r\nX-Trailer: ", b"x" * 9999, 0),
    BadState("blank lines after an answer", "idle", ASK, b"\r\n"),
    BadState("an idle connection", "idle", ASK),
    BadState("answers that are not read", "unread_answer", LARGE * 300, reads=False),
    BadState("what is not HTTP", "not_http", b"\x16\x03\x01\x00\xa5"),
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad-connections") / "log"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[ForecourtProcess]:
    names = ("head", "body", "body_rest", "write", "idle")
    deadlines = {f"FORECOURT_CONNECTIONS_{name.upper()}_SECONDS": str(SECONDS) for name in names}
    program = ["bash", "-c", f'exec "$0" "$@" 2>{log}', *PROGRAM]
    with ForecourtProcess(program, log.parent / "data", deadlines) as process:
        yield process


@pytest.fixture
async def client(server: ForecourtProcess) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_keepalive_connections=0)  # an idle one ends here before httpx can ask again
    async with httpx.AsyncClient(base_url=server.forecourt, timeout=DEADLINE, limits=limits) as client:
        yield client


async def hold(state: BadState, server: ForecourtProcess) -> RawConnection:
    """Opens a connection in that state. What it repeats goes on by itself."""
    connection = await open_raw(urlsplit(server.forecourt).port or 0)
    connection.writer.write(state.start.replace(b"ORIGIN", server.marketing.rstrip("/").encode()))
    return connection


async def endure(state: BadState, server: ForecourtProcess) -> None:
    """Stays in that state until the server has ended the connection."""
    connection = await hold(state, server)
    tasks = [asyncio.create_task(connection.trickle(state.piece, state.pause))] if state.piece else []
    if state.reads:
        await connection.read_to_end()
    else:
        with contextlib.suppress(ConnectionError):
            await wait_for_end(connection)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await connection.close()


async def wait_for_end(connection: RawConnection) -> None:
    """Waits without reading: a client that tries to send more is told that the connection is gone."""
    async with asyncio.timeout(DEADLINE):
        while not connection.writer.is_closing():
            connection.writer.write(b"\r\n")
            await asyncio.sleep(0.1)  # clock: a client that trickles


async def ask_for_health(client: httpx.AsyncClient) -> None:
    """Asks again where this busy process took longer to send its request than a head may take here."""
    async with asyncio.timeout(DEADLINE):
        while True:
            with contextlib.suppress(httpx.RemoteProtocolError, httpx.ReadError):
                assert (await client.get("/healthz")).status_code == 200
                return


async def count_ends(client: httpx.AsyncClient) -> dict[str, float]:
    """Returns how many connections ended, by reason."""
    text = (await client.get("/metrics")).text
    rows = re.findall(r'forecourt_connections_ended_total\{reason="(\w+)"\} (\S+)', text)
    return {reason: float(count) for reason, count in rows}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_a_hundred_connections_in_a_bad_state_end_while_others_are_served(
    server: ForecourtProcess, client: httpx.AsyncClient, state: BadState
) -> None:
    before = await count_ends(client)
    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
        for _ in range(TIMES):
            group.create_task(endure(state, server))
        for _ in range(5):
            await ask_for_health(client)
            await asyncio.sleep(SECONDS / 5)  # clock: asks while the bad connections last
    after = await count_ends(client)
    assert after[state.reason] - before[state.reason] >= TIMES


@pytest.mark.repetitive
async def test_the_memory_comes_back_after_two_thousand_bad_connections(server: ForecourtProcess) -> None:
    await endure_many(server, len(STATES) * 20)  # allocators and caches reach their size
    before = await read_resident_bytes(server)
    await endure_many(server, 2000)
    await wait_until_async(lambda: read_resident_bytes(server), lambda after: after < before * 1.1)


async def test_who_is_cut_amid_pipelined_requests_leaves_no_error_in_the_log(
    server: ForecourtProcess, log: Path
) -> None:
    unread = next(state for state in STATES if not state.reads)
    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
        for _ in range(TIMES):
            group.create_task(endure(unread, server))
    assert "Traceback" not in await asyncio.to_thread(log.read_text)


async def endure_many(server: ForecourtProcess, count: int) -> None:
    at_once = 200
    for start in range(0, count, at_once):
        async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
            for number in range(start, start + at_once):
                group.create_task(endure(STATES[number % len(STATES)], server))


async def read_resident_bytes(server: ForecourtProcess) -> int:
    status = Path(f"/proc/{server.process.pid}/status")
    if not await asyncio.to_thread(status.exists):
        pytest.skip("the system does not tell a process's memory")
    text = await asyncio.to_thread(status.read_text)
    return int(text.partition("VmRSS:")[2].split()[0]) * 1024
