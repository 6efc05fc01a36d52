"""Calls webhooks, and never connects to a private address (SSRF).

The host name is resolved and checked here, and the connection goes to the very address that was checked. A name that
resolves to another address a moment later gains nothing.
"""

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec

from forecourt import clock
from forecourt.identifiers import new_identifier
from forecourt.mail.model import WEBHOOK_GONE, Channel, DeliveryDeferred, DeliveryRejected, DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.public_ip_address import is_public_address
from forecourt.mail.webhook_signature import signature_headers
from forecourt.mail.webhook_url import webhook_url_fault

TIMEOUT_SECONDS = 10.0  # for one call
CHALLENGE_TYPE = "webhook.challenge"
CHALLENGE_ANSWER_AT_MOST = 4096  # bytes
# Threads of their own: a name server that never answers would take those that the rest of the server shares.
_RESOLVERS = ThreadPoolExecutor(20, "webhook-resolver")


class _ChallengeAnswer(msgspec.Struct):
    challenge: str


@dataclass(frozen=True, slots=True)
class WebhookTransport:
    """Sends webhook calls. `allow_private` also allows addresses of the server's own network, and plain http."""

    allow_private: bool = False

    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Posts the item. Follows no redirect and does not read the answer's body.

        Raises `DeliveryDeferred` or `DeliveryRejected`.
        """
        if webhook_url_fault(item.recipient, self.allow_private):
            raise DeliveryRejected("not an address that may be called")
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return _reply_for((await self._post(item, urlsplit(item.recipient)))[0])
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeliveryDeferred(f"{type(error).__name__}: {error}") from error

    async def answers_challenge(self, url: str, secret: str) -> bool:
        """Checks whether the receiver wants calls: it has to answer a signed POST with the challenge in that.

        The answer is 2xx and JSON with the same `challenge`, as a subscriber of WebSub echoes one (W3C, section 5.3).
        Nobody else's server does that, so nobody can have it called with every change.
        """
        challenge = secrets.token_urlsafe(24)
        body = msgspec.json.encode({"type": CHALLENGE_TYPE, "challenge": challenge})
        item = LeasedItem(new_identifier(), "", url, body, 1, clock.now(), Channel.WEBHOOK, secret, "", False)
        if webhook_url_fault(url, self.allow_private):
            return False
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status, answer = await self._post(item, urlsplit(url), CHALLENGE_ANSWER_AT_MOST)
            return 200 <= status < 300 and msgspec.json.decode(answer, type=_ChallengeAnswer).challenge == challenge
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL, DeliveryRejected):
            return False
        except (msgspec.MsgspecError, RecursionError):  # what is nested too deep is no answer of ours either
            return False

    async def _post(self, item: LeasedItem, url: SplitResult, read_at_most: int = 0) -> tuple[int, bytes]:
        """Returns the status, and the body's first `read_at_most` bytes or a little more."""
        headers = {"content-type": "application/json"}
        headers |= signature_headers(item.id, item.webhook_secret, item.payload, int(time.time()))
        async with open_response("POST", url, headers, item.payload, self.allow_private) as response:
            body = bytearray()
            if read_at_most:
                async for chunk in response.aiter_raw(read_at_most):
                    body += chunk
                    if len(body) >= read_at_most:
                        break
            return response.status_code, bytes(body)


@asynccontextmanager
async def open_response(
    method: str, url: SplitResult, headers: Mapping[str, str], content: bytes = b"", allow_private: bool = False
) -> AsyncIterator[httpx.Response]:
    """Sends a request to a public address, and yields the answer before its body. Follows no redirect.

    Raises `DeliveryRejected` where the name resolves to a private address, and what httpx raises.
    """
    name, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    address = await _resolve(name, port, allow_private)
    host = f"[{address}]" if ":" in address else address
    target = httpx.URL(url.geturl()).copy_with(host=host)
    sent_headers = {"host": url.netloc, "user-agent": "Forecourt", **headers}
    # Without trust_env, proxies named in the environment would connect to what they resolve themselves.
    async with (
        httpx.AsyncClient(trust_env=False, verify=ssl_context(), timeout=TIMEOUT_SECONDS) as client,
        client.stream(
            method, target, content=content, headers=sent_headers, extensions={"sni_hostname": name}
        ) as response,
    ):
        yield response


async def _resolve(name: str, port: int, allow_private: bool) -> str:
    """Returns one address of `name`. Raises `DeliveryRejected` if any of its addresses is private."""
    addresses = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up, name, port)
    if not allow_private and not all(map(is_public_address, addresses)):
        raise DeliveryRejected("the name resolves to an address inside")
    return addresses[0]


def look_up(name: str, port: int) -> list[str]:
    """Returns the addresses of a name. Blocks; raises OSError where it has none."""
    results = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(socket_address[0]) for *_, socket_address in results]


@cache
def ssl_context() -> ssl.SSLContext:
    """Returns the context that verifies certificates. SSL_CERT_FILE can name a private authority's certificates."""
    return httpx.create_ssl_context()


def _reply_for(status: int) -> DeliveryReply:
    text = f"HTTP {status}"
    if 200 <= status < 300:
        return DeliveryReply(text, status)
    # A redirect may lead to a private address. Whoever moves a webhook changes its URL with us.
    raise (DeliveryRejected if status == WEBHOOK_GONE or 300 <= status < 400 else DeliveryDeferred)(text, status)
