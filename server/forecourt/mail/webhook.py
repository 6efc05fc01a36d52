"""Calls webhooks: signs each call as Standard Webhooks asks, and never connects to a private address (SSRF).

The host name is resolved and checked here, and the connection goes to the very address that was checked. A name that
resolves to another address a moment later gains nothing. https://www.standardwebhooks.com
"""

import asyncio
import base64
import hmac
import ipaddress
import secrets
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import httpx

from forecourt.mail.model import DeliveryDeferred, DeliveryRejected, DeliveryReply
from forecourt.mail.outbox import LeasedItem

TIMEOUT_SECONDS = 10.0  # for one call
GONE_STATUS = 410
_SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, no secret
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all IPv6 addresses that IANA assigns for use between networks
_PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")  # RFC 6890; a cloud once served its metadata there


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
                return _reply_for(await self._post(item, urlsplit(item.recipient)))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeliveryDeferred(f"{type(error).__name__}: {error}") from error

    async def _post(self, item: LeasedItem, url: SplitResult) -> int:
        name, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        address = await self._resolve(name, port)
        host = f"[{address}]" if ":" in address else address
        target = httpx.URL(item.recipient).copy_with(host=host)
        headers = {"host": url.netloc, "content-type": "application/json", "user-agent": "Forecourt"}
        headers |= signature_headers(item.id, item.secret, item.raw, int(time.time()))
        # Without trust_env, proxies named in the environment would connect to what they resolve themselves.
        async with (
            httpx.AsyncClient(trust_env=False, verify=ssl_context(), timeout=TIMEOUT_SECONDS) as client,
            client.stream(
                "POST", target, content=item.raw, headers=headers, extensions={"sni_hostname": name}
            ) as response,
        ):
            return response.status_code

    async def _resolve(self, name: str, port: int) -> str:
        """Returns one address of `name`. Raises `DeliveryRejected` if any of its addresses is private."""
        results = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        addresses = [str(socket_address[0]) for *_, socket_address in results]
        if not self.allow_private and not all(map(is_public_address, addresses)):
            raise DeliveryRejected("the name resolves to an address inside")
        return addresses[0]


def webhook_url_fault(url: str, allow_private: bool = False) -> str | None:
    """Returns the code of what is wrong with a webhook's URL, or None. It does not resolve the name: sending does."""
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname or "", parts.port
        name.encode("idna")  # or resolving it would fail later, as if the network were at fault
    except ValueError:
        return "webhook"
    is_plain = url.isascii() and url.isprintable() and not any(mark in url for mark in ' \\"<>^`{|}')
    schemes = ("https", "http") if allow_private else ("https",)
    if not is_plain or parts.scheme not in schemes or not name or "@" in parts.netloc or parts.fragment:
        return "webhook"
    return None if allow_private or not _is_private_name(name) else "webhook"


def is_public_address(address: str) -> bool:
    """Checks that an IP address is public and unicast, and so is the IPv4 address that an IPv6 one may embed."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in _NAT64:
            embedded = ipaddress.IPv4Address(ip.packed[-4:])
        if embedded is not None:
            return is_public_address(str(embedded))
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOL_ASSIGNMENTS


def signature_headers(identifier: str, secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Returns the three headers of Standard Webhooks.

    `timestamp` is in seconds since 1970. Receivers refuse calls with an old one.
    """
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    digest = hmac.digest(key, f"{identifier}.{timestamp}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": identifier, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


@cache
def ssl_context() -> ssl.SSLContext:
    """Returns the context that verifies certificates. SSL_CERT_FILE can name a private authority's certificates."""
    return httpx.create_ssl_context()


def new_webhook_secret() -> str:
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _is_private_name(name: str) -> bool:
    """Checks for a private address written as such, and for a name that can only be private."""
    bare = name.rstrip(".")
    if ":" in bare or bare.rpartition(".")[2].isdigit():
        return not is_public_address(bare)
    return "." not in bare or bare.endswith((".localhost", ".local", ".internal"))


def _reply_for(status: int) -> DeliveryReply:
    text = f"HTTP {status}"
    if 200 <= status < 300:
        return DeliveryReply(text, status)
    # A redirect may lead to a private address. Whoever moves a webhook changes its URL with us.
    raise (DeliveryRejected if status == GONE_STATUS or 300 <= status < 400 else DeliveryDeferred)(text, status)
