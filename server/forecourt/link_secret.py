"""Makes the secrets that links and receipts carry. The database stores only their digests."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime

from forecourt.digest import sha256_hex
from forecourt.identifiers import milliseconds


def new_link_secret() -> str:
    """Returns 192 random bits in URL-safe base64. Store it as `sha256_hex`."""
    return secrets.token_urlsafe(24)


def new_dated_secret(moment: datetime, random: bytes = b"") -> str:
    """Returns a secret whose first 8 characters say `moment` and whose other 24 are 144 random bits.

    `random` supplies these bits (its first 18 bytes) where the caller must be able to make the same secret again.
    Store it as `dated_digest`: millions of them then stay sorted by time, as identifiers do.
    """
    return urlsafe_b64encode(milliseconds(moment) + (random or secrets.token_bytes(18))[:18]).decode()


def dated_digest(secret: str) -> str:
    """Returns the secret's first 8 characters, which are its time, followed by the digest of the whole."""
    return secret[:8] + sha256_hex(secret)
