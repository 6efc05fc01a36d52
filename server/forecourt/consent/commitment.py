"""Computes the commitment that binds an appended record to the deletable row beside it, without its values."""

import hmac
from functools import lru_cache

import msgspec

from forecourt.consent.record import RequestMetadata

_encode = msgspec.json.Encoder().encode


def commit(salt: str, metadata: RequestMetadata, receipt_hash: str) -> str:
    """Returns the HMAC-SHA256, in hex, of the values under the salt.

    `receipt_hash` is the digest of the receipt's secret. Version 0.1.0 did not commit to it, which is said by an empty
    one.
    """
    return commit_values(salt, metadata.origin, metadata.address, metadata.browser, metadata.path, receipt_hash)


def commit_values(salt: str, origin: str, address: str, browser: str, path: str, receipt_hash: str) -> str:
    """Does the same for values that are read by the million."""
    values = _encode_values(origin, address, browser, path)
    message = b'%s,"receipt":%s}' % (values[:-1], _encode(receipt_hash)) if receipt_hash else values
    return hmac.digest(salt.encode(), message, "sha256").hex()


def is_committed(
    commitment: str, salt: str, origin: str, address: str, browser: str, path: str, receipt_hash: str
) -> bool:
    """Returns whether `commitment` is of these values, with the receipt's digest or without it.

    Accepting both is safe: nobody can make values of one form whose commitment is one of the other form.
    """
    values = salt, origin, address, browser, path
    return commitment == commit_values(*values, receipt_hash) or commitment == commit_values(*values, "")


@lru_cache(maxsize=1024)
def _encode_values(origin: str, address: str, browser: str, path: str) -> bytes:
    """Encodes the values as JSON with sorted keys. An empty path is left out."""
    values = {"address": address, "browser": browser, "origin": origin}
    return _encode(values | {"path": path} if path else values)
