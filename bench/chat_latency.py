"""Measures a chat message from its POST to its arrival on an open stream, for many conversations at once."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx

from bench import consent_posts, servers
from bench.result_row import ResultRow, compare_rates
from bench.servers import ServerProcess

CONVERSATIONS = 50
MESSAGES = 12  # of each
PAUSE = 0.5  # seconds between two messages of one conversation


@dataclass(slots=True)
class Conversation:
    """Holds where a conversation posts and listens, and when each message left and came, by its key."""

    post: str
    events: str
    headers: dict[str, str]
    left: dict[str, float] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)


def measure_chat(scratch: Path) -> Iterator[ResultRow]:
    with (
        servers.start_demo(scratch, "chat") as ours,
        servers.start_module(scratch, "streams", "bench.bare_event_stream") as bare_server,
    ):
        latencies = asyncio.run(_measure_both(ours, bare_server))
    for name, index in (("p50", 49), ("p99", 98)):
        mine, theirs = (round(quantiles(each, n=100)[index], 2) for each in latencies)
        yield compare_rates(
            f"chat: {CONVERSATIONS} streams, POST to arrival, {name}", [mine], "ms", "bare event stream", [theirs]
        )


async def _measure_both(ours: ServerProcess, bare_server: ServerProcess) -> list[list[float]]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client:
        talks = await asyncio.gather(*(_begin_conversation(client, ours) for _ in range(CONVERSATIONS)))
        bare_streams = [
            Conversation(url, url, {}) for url in (f"{bare_server.address}/{number}" for number in range(CONVERSATIONS))
        ]
        return [await _measure_arrivals(client, each) for each in (talks, bare_streams)]


async def _begin_conversation(client: httpx.AsyncClient, server: ServerProcess) -> Conversation:
    choice = consent_posts.consent_target(server)
    headers = {**choice.headers, "Content-Type": "application/json"}
    choice_response = await client.post(choice.url, content=choice.body, headers=headers)
    headers["Authorization"] = f"Bearer {choice_response.raise_for_status().json()['token']}"
    base = f"{server.address}/v1/sites/main/conversations"
    response = await client.post(base, content="{}", headers=headers)
    url = f"{base}/{response.raise_for_status().json()['id']}"
    return Conversation(f"{url}/messages", f"{url}/events", headers)


async def _measure_arrivals(client: httpx.AsyncClient, talks: list[Conversation]) -> list[float]:
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number, talk in enumerate(talks):
            group.create_task(_listen_to_stream(client, talk))
            group.create_task(_post_messages(client, talk, 1 + number * PAUSE / len(talks)))
    return [(talk.came[key] - sent_at) * 1000 for talk in talks for key, sent_at in talk.left.items()]


async def _listen_to_stream(client: httpx.AsyncClient, talk: Conversation) -> None:
    async with client.stream("GET", talk.events, headers=talk.headers) as answer:
        async for line in answer.raise_for_status().aiter_lines():
            if line.startswith("data: "):
                talk.came[json.loads(line.removeprefix("data: "))["key"]] = time.perf_counter()
            if len(talk.came) == MESSAGES:
                return


async def _post_messages(client: httpx.AsyncClient, talk: Conversation, delay: float) -> None:
    await asyncio.sleep(delay)
    for number in range(MESSAGES):
        key = str(number)
        talk.left[key] = time.perf_counter()
        answer = await client.post(talk.post, json={"key": key, "body": "Hello"}, headers=talk.headers)
        answer.raise_for_status()
        await asyncio.sleep(PAUSE)
