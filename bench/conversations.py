"""Opens conversations of the demo, each of a visitor who has accepted everything, and remembers where they stream."""

import asyncio
import json
from dataclasses import dataclass

from bench import consent_posts, raw_client
from bench.raw_client import RawClient
from bench.servers import ServerProcess

_AT_ONCE = 32  # connections on which they are opened


@dataclass(frozen=True, slots=True)
class Conversation:
    """Holds the path of a conversation, and the headers with which its visitor posts and listens."""

    path: str
    headers: dict[str, str]


async def open_conversations(server: ServerProcess, count: int) -> list[Conversation]:
    choice = consent_posts.consent_target(server)
    headers = {**choice.headers, "Content-Type": "application/json"}
    shares = [count // _AT_ONCE + (number < count % _AT_ONCE) for number in range(_AT_ONCE)]
    lists = await asyncio.gather(*(_open_some(server, headers, choice.body.encode(), share) for share in shares))
    return [conversation for each in lists for conversation in each]


async def _open_some(server: ServerProcess, headers: dict[str, str], choice: bytes, count: int) -> list[Conversation]:
    client = await raw_client.connect(server.address)
    conversations = [await _open_one(client, server, headers, choice) for _ in range(count)]
    client.close()
    return conversations


async def _open_one(client: RawClient, server: ServerProcess, headers: dict[str, str], choice: bytes) -> Conversation:
    base = f"{server.address}/v1/sites/main"
    token = json.loads(await client.post(f"{base}/consents", headers, choice))["token"]
    headers = headers | {"Authorization": f"Bearer {token}"}
    identifier = json.loads(await client.post(f"{base}/conversations", headers, b"{}"))["id"]
    return Conversation(f"/v1/sites/main/conversations/{identifier}", headers)
