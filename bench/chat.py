"""Chat: from posting a message to its arrival on an open stream, for many conversations at once."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx

from bench import consent, server
from bench.row import Row, ratio
from bench.server import Served

CONVERSATIONS = 50
MESSAGES = 12  # of each
PAUSE = 0.5  # seconds between two messages of one conversation


@dataclass(slots=True)
class Talk:
    """One conversation: where it posts and listens, and when each message left and came, by its key."""

    post: str
    events: str
    headers: dict[str, str]
    left: dict[str, float] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)


def rows(scratch: Path) -> Iterator[Row]:
    with server.demo(scratch, "chat") as ours, server.beside(scratch, "streams", "bench.event_stream") as bare:
        taken = asyncio.run(_both(ours, bare))
    for name, at in (("p50", 49), ("p99", 98)):
        mine, theirs = (round(quantiles(each, n=100)[at], 2) for each in taken)
        yield ratio(
            f"chat: {CONVERSATIONS} streams, POST to arrival, {name}", [mine], "ms", "bare event stream", [theirs]
        )


async def _both(ours: Served, bare: Served) -> list[list[float]]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client:
        talks = await asyncio.gather(*(_begin(client, ours) for _ in range(CONVERSATIONS)))
        plain = [Talk(at, at, {}) for at in (f"{bare.address}/{number}" for number in range(CONVERSATIONS))]
        return [await _milliseconds(client, each) for each in (talks, plain)]


async def _begin(client: httpx.AsyncClient, served: Served) -> Talk:
    choice = consent.choice(served)
    headers = {**choice.headers, "Content-Type": "application/json"}
    chosen = await client.post(choice.url, content=choice.body, headers=headers)
    headers["Authorization"] = f"Bearer {chosen.raise_for_status().json()['token']}"
    base = f"{served.address}/v1/sites/main/conversations"
    begun = await client.post(base, content="{}", headers=headers)
    at = f"{base}/{begun.raise_for_status().json()['id']}"
    return Talk(f"{at}/messages", f"{at}/events", headers)


async def _milliseconds(client: httpx.AsyncClient, talks: list[Talk]) -> list[float]:
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number, talk in enumerate(talks):
            group.create_task(_listen(client, talk))
            group.create_task(_speak(client, talk, 1 + number * PAUSE / len(talks)))
    return [(talk.came[key] - left) * 1000 for talk in talks for key, left in talk.left.items()]


async def _listen(client: httpx.AsyncClient, talk: Talk) -> None:
    async with client.stream("GET", talk.events, headers=talk.headers) as answer:
        async for line in answer.raise_for_status().aiter_lines():
            if line.startswith("data: "):
                talk.came[json.loads(line.removeprefix("data: "))["key"]] = time.perf_counter()
            if len(talk.came) == MESSAGES:
                return


async def _speak(client: httpx.AsyncClient, talk: Talk, after: float) -> None:
    await asyncio.sleep(after)
    for number in range(MESSAGES):
        key = str(number)
        talk.left[key] = time.perf_counter()
        answer = await client.post(talk.post, json={"key": key, "body": "Hello"}, headers=talk.headers)
        answer.raise_for_status()
        await asyncio.sleep(PAUSE)
