"""Holds the keys that sign visitor tokens and fingerprint addresses, and loads them from the settings or a file.

Keys rotate: a list of them is in use, the newest first. The newest one signs, and each of them verifies.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from itsdangerous import URLSafeSerializer
from itsdangerous.encoding import base64_encode

from forecourt import private_files

Fingerprints = Callable[[str], tuple[str, ...]]
"""The type of `SigningKeys.fingerprints`."""

_encode = msgspec.json.Encoder().encode
_SHA256 = {"digest_method": hashlib.sha256}


class UncompressedSerializer(URLSafeSerializer):
    """Leaves out the base class's try at zlib, which never makes two identifiers shorter."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(_encode(obj))


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """Holds at least one key in `values`, the newest first. Each use signs with a salt of its own."""

    values: tuple[str, ...]

    def visitor_serializer(self) -> URLSafeSerializer:
        """Returns what signs and reads visitor tokens."""
        return UncompressedSerializer(self._oldest_first(), salt="forecourt.visitor", signer_kwargs=_SHA256)

    def fingerprints(self, value: str) -> tuple[str, ...]:
        """Returns one keyed hash of `value` for each key, the newest key's first.

        It is meant for values that can be guessed, such as mail addresses: somebody who has only the database
        cannot try guesses against it.
        """
        message = b"forecourt.fingerprint\0" + value.encode()
        return tuple(hmac.digest(key.encode(), message, "sha256").hex() for key in self.values)

    def _oldest_first(self) -> list[str]:
        return list(reversed(self.values))  # itsdangerous signs with the last


def load_signing_keys(configured_keys: tuple[str, ...], folder: Path) -> SigningKeys:
    """Returns the configured keys, or else those in `folder/secret.key`, which it creates on first use."""
    if configured_keys:
        return SigningKeys(configured_keys)
    content = private_files.read_or_create(folder / "secret.key", lambda: f"{secrets.token_urlsafe(48)}\n".encode())
    return SigningKeys(tuple(content.decode().split()))
