"""Decides which URLs may be a webhook's, and signs the calls as Standard Webhooks asks.

A webhook may never reach a private address (SSRF). https://www.standardwebhooks.com
"""

import base64
import hmac
import secrets
from urllib.parse import urlsplit

from forecourt.mail.public_address import is_public_address

GONE_STATUS = 410  # a receiver that answers this wants no more calls
_SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, no secret


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


def signature_headers(identifier: str, secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Returns the three headers of Standard Webhooks.

    `timestamp` is in seconds since 1970. Receivers refuse calls with an old one.
    """
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    digest = hmac.digest(key, f"{identifier}.{timestamp}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": identifier, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def new_webhook_secret() -> str:
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _is_private_name(name: str) -> bool:
    """Checks for a private address written as such, and for a name that can only be private."""
    bare = name.rstrip(".")
    if ":" in bare or bare.rpartition(".")[2].isdigit():
        return not is_public_address(bare)
    return "." not in bare or bare.endswith((".localhost", ".local", ".internal"))
