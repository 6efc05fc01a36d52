"""Webhook calls: signed as Standard Webhooks has it, and never to an address inside (SSRF).

The name is resolved and checked here, and the connection goes to the very address that was checked: a name that
resolves to something else a moment later gains nothing. https://www.standardwebhooks.com
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

from forecourt.mail.model import Deferred, DeliveryReply, Rejected
from forecourt.mail.outbox import LeasedItem

DEADLINE = 10.0  # seconds for one call
GONE = 410
_PREFIX = "whsec_"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given out for use between networks
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # RFC 6890; a cloud's own data stood there


@dataclass(frozen=True, slots=True)
class WebhookTransport:
    """`inside`: addresses of the own network are allowed, and plain http with them."""

    inside: bool = False

    async def send(self, mail: LeasedItem) -> DeliveryReply:
        """A redirect is not followed, the answer's body is not read."""
        if fault(mail.recipient, self.inside):
            raise Rejected("not an address that may be called")
        try:
            async with asyncio.timeout(DEADLINE):
                return _verdict(await self._call(mail, urlsplit(mail.recipient)))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise Deferred(f"{type(error).__name__}: {error}") from error

    async def _call(self, mail: LeasedItem, url: SplitResult) -> int:
        name, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        address = await self._checked(name, port)
        host = f"[{address}]" if ":" in address else address
        target = httpx.URL(mail.recipient).copy_with(host=host)
        headers = {"host": url.netloc, "content-type": "application/json", "user-agent": "Forecourt"}
        headers |= signed(mail.id, mail.secret, mail.raw, int(time.time()))
        # Proxies of the environment would connect to what they resolve themselves.
        async with (
            httpx.AsyncClient(trust_env=False, verify=trusted(), timeout=DEADLINE) as client,
            client.stream(
                "POST", target, content=mail.raw, headers=headers, extensions={"sni_hostname": name}
            ) as answer,
        ):
            return answer.status_code

    async def _checked(self, name: str, port: int) -> str:
        """One address of `name`. Refused where any of them is inside: which one would be taken is not ours to guess."""
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not self.inside and not all(map(is_outside, addresses)):
            raise Rejected("the name resolves to an address inside")
        return addresses[0]


def fault(url: str, inside: bool = False) -> str | None:
    """The code of what is wrong with it as the address of a webhook. Nothing is looked up: that is done on sending."""
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname or "", parts.port
        name.encode("idna")  # or looking it up would fail with what is no network's fault
    except ValueError:
        return "webhook"
    is_plain = url.isascii() and url.isprintable() and not any(mark in url for mark in ' \\"<>^`{|}')
    schemes = ("https", "http") if inside else ("https",)
    if not is_plain or parts.scheme not in schemes or not name or "@" in parts.netloc or parts.fragment:
        return "webhook"
    return None if inside or not _is_inside_name(name) else "webhook"


def is_outside(address: str) -> bool:
    """Whether it is a public unicast address, also the one that an IPv6 address carries inside itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            carried = ipaddress.IPv4Address(found.packed[-4:])
        if carried is not None:
            return is_outside(str(carried))
        return found in _UNICAST and found.is_global
    return found.is_global and not found.is_multicast and found not in _PROTOCOLS


def signed(identity: str, secret: str, body: bytes, at: int) -> dict[str, str]:
    """The three headers of Standard Webhooks. `at`: seconds since 1970; receivers refuse what is old."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    made = hmac.digest(key, f"{identity}.{at}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(made).decode()}"
    return {"webhook-id": identity, "webhook-timestamp": str(at), "webhook-signature": signature}


@cache
def trusted() -> ssl.SSLContext:
    """Read once. A private authority's certificates: SSL_CERT_FILE."""
    return httpx.create_ssl_context()


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _is_inside_name(name: str) -> bool:
    """Written as an address, or a name that can only be inside."""
    bare = name.rstrip(".")
    if ":" in bare or bare.rpartition(".")[2].isdigit():
        return not is_outside(bare)
    return "." not in bare or bare.endswith((".localhost", ".local", ".internal"))


def _verdict(status: int) -> DeliveryReply:
    said = f"HTTP {status}"
    if 200 <= status < 300:
        return DeliveryReply(said, status)
    # A redirect may point inside: whoever moves a webhook tells us.
    raise (Rejected if status == GONE or 300 <= status < 400 else Deferred)(said, status)
