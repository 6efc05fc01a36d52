"""Binds an appended row to the deletable one beside it, without holding its values."""

import hmac
from functools import lru_cache

import msgspec

_encode = msgspec.json.Encoder().encode


def committed(salt: str, origin: str, address: str, browser: str, path: str) -> str:
    """HMAC-SHA256 under the salt."""
    return hmac.digest(salt.encode(), _said(origin, address, browser, path), "sha256").hex()


@lru_cache(maxsize=1024)
def _said(origin: str, address: str, browser: str, path: str) -> bytes:
    """JSON with its keys in order; a path only where there is one."""
    values = {"address": address, "browser": browser, "origin": origin}
    return _encode(values | {"path": path} if path else values)
