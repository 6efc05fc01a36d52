"""Agents' passwords: argon2id with the library's parameters (RFC 9106, second choice), at most two at work at once."""

import asyncio
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forecourt.console.model import PASSWORD_AT_LEAST
from forecourt.errors import Fault, Invalid

AT_MOST = 1000  # characters; more is nobody's password
_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password that may be stored. A type of its own, so that a plain one cannot be by mistake."""

    value: str = field(repr=False)


def hashed(password: str) -> PasswordHash:
    """Takes some 50 ms and 64 MiB: call it before a transaction, not in one. Raises `Invalid` where it is too short."""
    if not PASSWORD_AT_LEAST <= len(password) <= AT_MOST:
        raise Invalid([Fault("password", "length", {"from": PASSWORD_AT_LEAST, "to": AT_MOST})])
    return PasswordHash(_HASHER.hash(password))


def needs_rehash(kept: str) -> bool:
    return _HASHER.check_needs_rehash(kept)


class PasswordChecker:
    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(2)  # each takes 64 MiB while it works

    async def match(self, kept: str | None, given: str) -> bool:
        """`kept` is None for an unknown account: the same work is done, so that the time tells nothing."""
        async with self._turns:
            return await asyncio.to_thread(_match, kept, given[:AT_MOST])

    async def rehash(self, given: str) -> PasswordHash:
        async with self._turns:
            return PasswordHash(await asyncio.to_thread(_HASHER.hash, given))


def _match(kept: str | None, given: str) -> bool:
    if kept is None:
        _HASHER.hash(given)
        return False
    try:
        return _HASHER.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False
