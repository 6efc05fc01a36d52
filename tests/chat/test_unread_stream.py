"""Checks what a client costs that opens streams and does not read them, in a process of its own."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from forecourt.db.database import open_database
from forecourt.text_types import CHAT_BODY_AT_MOST
from tests.deadline import DEADLINE, wait_until_async
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.page import Page
from tests.replies import post_reply
from tests.web.connections.raw_connection import open_raw

pytestmark = pytest.mark.anyio
STREAMS = 200
LONGEST = "😀" * CHAT_BODY_AT_MOST
MESSAGES = 200  # 3 MB, of which one read returns half
MOST_KIB = 256  # of memory for each stream


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ForecourtProcess]:
    environment = {"FORECOURT_CONNECTIONS_WRITE_SECONDS": "1", "FORECOURT_LIMITS": "off"}
    with ForecourtProcess(PROGRAM, tmp_path / "data", environment) as process:
        yield process


def memory_of(server: ForecourtProcess) -> int:
    """Returns the process's own memory in KiB."""
    match = re.search(r"^RssAnon:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text("utf-8"), re.MULTILINE)
    return int(match[1]) if match else 0


def write_long_messages(data: Path, conversation: str) -> None:
    engine = open_database(None, data).engine
    with engine.begin() as connection:
        for number in range(MESSAGES):
            post_reply(connection, conversation, "agent", f"{number}", LONGEST)
    engine.dispose()


async def test_streams_that_nobody_reads_cost_little_and_are_ended(server: ForecourtProcess, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=server.forecourt, timeout=DEADLINE) as client:
        page = Page(client, origin=server.marketing.rstrip("/"))
        await page.accept()
        conversation = await page.converse()
        write_long_messages(tmp_path / "data", conversation)
        path = f"/v1/sites/main/conversations/{conversation}/events"
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {page.token}\r\n\r\n".encode()
        memory = [memory_of(server)]
        connections = [await open_raw(urlsplit(server.forecourt).port or 0) for _ in range(STREAMS)]
        for connection in connections:
            connection.writer.write(request)

        async def count_ended() -> float:
            memory.append(memory_of(server))
            metrics = (await client.get("/metrics")).text
            return float(metrics.split('forecourt_connections_ended_total{reason="unread_answer"} ')[1].split()[0])

        await wait_until_async(count_ended, lambda count: count >= STREAMS)
        assert "forecourt_streams_open 0.0" in (await client.get("/metrics")).text
        for connection in connections:
            await connection.close()
    server.wait_until_logged("ended because what was sent was not read")
    assert max(memory) - memory[0] < STREAMS * MOST_KIB
