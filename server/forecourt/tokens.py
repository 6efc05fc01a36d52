"""Signed tokens and secrets in links. One salt a purpose; a list of keys, newest first, so that keys rotate."""

import hashlib
import hmac
import os
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from itsdangerous import BadData, TimestampSigner, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadSignature

from forecourt import private_files
from forecourt.errors import TokenInvalid

Fingerprints = Callable[[str], tuple[str, ...]]


class UncompressedSerializer(URLSafeSerializer):
    """The base class tries zlib on every payload, which never makes two ids shorter."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(_encode(obj))


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """`values`: at least one key, the newest first. The newest signs, each verifies."""

    values: tuple[str, ...]

    def _oldest_first(self) -> list[str]:
        return list(reversed(self.values))  # itsdangerous signs with the last

    def visitor(self) -> URLSafeSerializer:
        return UncompressedSerializer(self._oldest_first(), salt="forecourt.visitor", signer_kwargs=_SHA256)

    def session(self) -> TimestampSigner:
        return TimestampSigner(self._oldest_first(), salt="forecourt.session", digest_method=hashlib.sha256)

    def fingerprints(self, value: str) -> tuple[str, ...]:
        """Of a value that can be guessed, one a key and the newest first: who has the database alone cannot try any."""
        said = b"forecourt.fingerprint\0" + value.encode()
        return tuple(hmac.digest(key.encode(), said, "sha256").hex() for key in self.values)


_encode = msgspec.json.Encoder().encode
_SHA256 = {"digest_method": hashlib.sha256}


def _is_canonical(token: str) -> bool:
    """Base64 has several spellings of one value; we write one, and take no other."""
    try:
        return all(base64_encode(base64_decode(part)).decode() == part for part in token.split("."))
    except BadData:
        return False


def issue(signer: URLSafeSerializer, visitor: str, site: str) -> str:
    """A visitor's token. It says who, and grants nothing by itself."""
    return str(signer.dumps([visitor, site]))


def read(signer: URLSafeSerializer, token: str, site: str) -> str:
    """The visitor in `token`. Raises `TokenInvalid` where it is forged, cut short or of another site."""
    if len(token) > 512 or not _is_canonical(token):
        raise TokenInvalid("not as we write them")
    try:
        visitor, of = signer.loads(token)
    except (BadData, BadSignature, ValueError, TypeError) as error:
        raise TokenInvalid("not ours") from error
    if of != site or not isinstance(visitor, str):
        raise TokenInvalid("of another site")
    return visitor


def secret() -> str:
    """A link's secret: 192 bits, one purpose, kept only as `digest`."""
    return secrets.token_urlsafe(24)


def dated_secret(moment: datetime, random: bytes = b"") -> str:
    """A secret whose first 8 characters are its time, the rest 144 bits, `random`'s first where they are given.

    Kept as `dated_digest`: millions of them stay in order of time, as identifiers do.
    """
    return urlsafe_b64encode(_milliseconds(moment) + (random or secrets.token_bytes(18))[:18]).decode()


def dated_digest(value: str) -> str:
    return value[:8] + digest(value)


def identifier() -> str:
    """A name for a row, 32 characters: the milliseconds since 1970 and 80 random bits (as in UUIDv7).

    In order of time, so that an index grows at its end: random names touch a page of the disk each.
    """
    return (time.time_ns() // 1_000_000).to_bytes(6, "big").hex() + os.urandom(10).hex()


def first_identifier(moment: datetime) -> str:
    """Lower than every identifier that is made at `moment` or later."""
    return _milliseconds(moment).hex()


def _milliseconds(moment: datetime) -> bytes:
    return int(moment.timestamp() * 1000).to_bytes(6, "big")


def digest(value: str) -> str:
    """SHA-256 in hex. Enough for a random secret of 128 bits or more; a guessable value would need a slow hash."""
    return hashlib.sha256(value.encode()).hexdigest()


def kept_keys(configured: tuple[str, ...], folder: Path) -> SigningKeys:
    """The configured keys, or the one kept in `folder/secret.key`, made on first use."""
    if configured:
        return SigningKeys(configured)
    found = private_files.kept(folder / "secret.key", lambda: f"{secrets.token_urlsafe(48)}\n".encode())
    return SigningKeys(tuple(found.decode().split()))
