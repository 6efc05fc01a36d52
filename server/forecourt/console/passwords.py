"""Hashes and checks agents' passwords with argon2id (the library's parameters: RFC 9106, second recommended option)."""

import asyncio
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forecourt.errors import Fault, Invalid

MIN_LENGTH = 12  # characters (NIST SP 800-63B section 5.1.1.1 asks for 8 or more, OWASP for 12)
MAX_LENGTH = 1000
_AT_ONCE = 2  # each hash takes 64 MiB while it is computed
_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """Holds a password that may be stored. Its own type keeps a plain one from being stored by mistake."""

    value: str = field(repr=False)


def hash_password(password: str) -> PasswordHash:
    """Takes some 50 ms and 64 MiB, so call it before a transaction, not in one. Raises `Invalid` for a wrong length."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid([Fault("password", "length", {"from": MIN_LENGTH, "to": MAX_LENGTH})])
    return PasswordHash(_HASHER.hash(password))


def needs_rehash(stored_hash: str) -> bool:
    """Checks whether the hash was computed with parameters that are no longer the library's."""
    return _HASHER.check_needs_rehash(stored_hash)


class PasswordChecker:
    """Checks passwords in threads, at most two at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def matches(self, stored_hash: str | None, password: str) -> bool:
        """Checks a password. `stored_hash` is None for an unknown account: that takes as long and tells nothing."""
        async with self._turns:
            return await asyncio.to_thread(_matches, stored_hash, password[:MAX_LENGTH])

    async def rehash(self, password: str) -> PasswordHash:
        """Computes a hash with the present parameters, of a password that has just matched."""
        async with self._turns:
            return PasswordHash(await asyncio.to_thread(_HASHER.hash, password))


def _matches(stored_hash: str | None, password: str) -> bool:
    if stored_hash is None:
        _HASHER.hash(password)
        return False
    try:
        return _HASHER.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False
