"""Measures a chat message from its POST to its arrival on an open stream, while many conversations are live."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from bench import raw_client, servers
from bench.conversations import Conversation, open_conversations
from bench.raw_client import RawClient
from bench.result_row import ResultRow, compare_costs
from bench.servers import ServerProcess

CONVERSATIONS = 200
MESSAGES = 3  # of each in one turn
PAUSE = 8.0  # seconds between two messages of one conversation: people type fast
TURNS = 2
MOST = {"p50": 2.0, "p99": 3.0}  # times a bare stream
_PERCENTILES = {"p50": 49, "p99": 98}


def measure_chat(scratch: Path) -> Iterator[ResultRow]:
    with (
        servers.start_demo(scratch, "chat") as ours,
        servers.start_module(scratch, "streams", "bench.bare_event_stream") as bare_server,
    ):
        mine, theirs = asyncio.run(_measure_both(ours, bare_server))
    for name, index in _PERCENTILES.items():
        yield compare_costs(
            f"chat: {CONVERSATIONS} live, POST to arrival, {name}",
            [round(turn[index], 2) for turn in mine],
            "ms",
            "bare event stream",
            [round(turn[index], 2) for turn in theirs],
            MOST[name],
        )


async def _measure_both(ours: ServerProcess, bare_server: ServerProcess) -> tuple[list[list[float]], list[list[float]]]:
    """Returns the percentiles of each turn, in ms. The first turn warms up."""
    talks = await open_conversations(ours, CONVERSATIONS)
    mine, theirs = [], []
    for turn in range(TURNS + 1):
        mine.append(await _measure_turn(ours, talks, turn))
        bare_streams = [Conversation(f"/{turn}/{number}", {}) for number in range(CONVERSATIONS)]
        theirs.append(await _measure_turn(bare_server, bare_streams, turn))
    return mine[1:], theirs[1:]


async def _measure_turn(server: ServerProcess, talks: list[Conversation], turn: int) -> list[float]:
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_talk(server, talk, turn, number * PAUSE / len(talks)))
            for number, talk in enumerate(talks)
        ]
    return quantiles([latency for task in tasks for latency in task.result()], n=100)


async def _talk(server: ServerProcess, talk: Conversation, turn: int, delay: float) -> list[float]:
    """Returns how many ms each message of one conversation took."""
    reader = await raw_client.connect(server.address)
    await reader.open_stream(f"{server.address}{talk.path}/events?after={turn * MESSAGES}", talk.headers)
    await asyncio.sleep(delay)
    latencies = []
    for number in range(turn * MESSAGES, (turn + 1) * MESSAGES):
        latencies.append(await _send_one(server, talk, reader, str(number)))
        await asyncio.sleep(max(0, PAUSE - latencies[-1] / 1000))
    reader.close()
    return latencies


async def _send_one(server: ServerProcess, talk: Conversation, reader: RawClient, key: str) -> float:
    """Posts on a new connection, since a browser's has been idle too long by the next message."""
    writer = await raw_client.connect(server.address)
    body = json.dumps({"key": key, "body": "Hello, where is my invoice?"}).encode()
    sent_at = time.perf_counter()
    answer = asyncio.create_task(writer.post(f"{server.address}{talk.path}/messages", talk.headers, body))
    while f'"key":"{key}"' not in (await reader.read_event()).replace(" ", ""):
        pass
    latency = (time.perf_counter() - sent_at) * 1000
    await answer
    writer.close()
    return latency
