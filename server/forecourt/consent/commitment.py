"""Binds an appended row to the deletable one beside it, without holding its values."""

import hmac
from functools import lru_cache

import msgspec

_encode = msgspec.json.Encoder().encode


def committed(salt: str, origin: str, address: str, browser: str, path: str, receipt: str) -> str:
    """HMAC-SHA256 under the salt. `receipt`: its digest; empty as in 0.1.0, which did not commit to it."""
    said = _said(origin, address, browser, path)
    said = b'%s,"receipt":%s}' % (said[:-1], _encode(receipt)) if receipt else said
    return hmac.digest(salt.encode(), said, "sha256").hex()


def is_committed(commitment: str, salt: str, origin: str, address: str, browser: str, path: str, receipt: str) -> bool:
    """Whether it is of these, with the receipt or without. Nobody can make one of the two that fits the other."""
    about = salt, origin, address, browser, path
    return commitment == committed(*about, receipt) or commitment == committed(*about, "")


@lru_cache(maxsize=1024)
def _said(origin: str, address: str, browser: str, path: str) -> bytes:
    """JSON with its keys in order; a path only where there is one."""
    values = {"address": address, "browser": browser, "origin": origin}
    return _encode(values | {"path": path} if path else values)
