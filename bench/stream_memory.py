"""Measures what an idle event stream costs the server in memory, beside a bare one of the same server."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import raw_client, servers
from bench.conversations import Conversation, open_conversations
from bench.raw_client import RawClient
from bench.result_row import ResultRow, expect_at_most
from bench.servers import ServerProcess
from forecourt.web.connections.file_descriptors import raise_file_limit

STREAMS = 2000
WARM_UP = 200  # streams before, for which code and pools are loaded
ROUNDS = 3
LIMIT = 12.0  # KiB each


def measure_stream_memory(scratch: Path) -> Iterator[ResultRow]:
    """Measures both in turns, each time in a new process: memory that a process freed would be used again."""
    raise_file_limit()
    with servers.start_demo(scratch, "idle") as ours:
        conversations = asyncio.run(open_conversations(ours, STREAMS + WARM_UP))
    bare_streams = [Conversation(f"/{number}", {}) for number in range(STREAMS + WARM_UP)]
    mine, theirs = [], []
    for _ in range(ROUNDS):
        with servers.start_demo(scratch, "idle") as ours:
            mine.append(asyncio.run(_measure_growth(ours, conversations)))
        with servers.start_module(scratch, "idle-bare", "bench.bare_event_stream") as bare_server:
            theirs.append(asyncio.run(_measure_growth(bare_server, bare_streams)))
    row = expect_at_most(f"memory of each of {STREAMS:,} idle streams", round(median(mine), 1), "KiB", LIMIT)
    yield row.beside("bare event stream", round(median(theirs), 1))


async def _measure_growth(server: ServerProcess, streams: list[Conversation]) -> float:
    """Returns by how many KiB a stream the server's own memory grows."""
    warm = await _open_all(server, streams[:WARM_UP])
    before = _memory_of(server.pid)
    clients = await _open_all(server, streams[WARM_UP:])
    growth = _memory_of(server.pid) - before
    for client in (*warm, *clients):
        client.close()
    return growth / len(clients)


async def _open_all(server: ServerProcess, streams: list[Conversation]) -> list[RawClient]:
    clients = []
    for stream in streams:
        clients.append(await raw_client.connect(server.address))
        await clients[-1].open_stream(f"{server.address}{stream.path}/events", stream.headers)
    return clients


def _memory_of(pid: int) -> int:
    """Returns the memory in KiB that is the process's own (proc(5), RssAnon of status)."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    match = re.search(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)
    return int(match[1]) if match else 0
