"""Hashes and checks agents' passwords with argon2id (the library's parameters: RFC 9106, second recommended option)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forecourt.console.password_rules import MAX_LENGTH, find_password_fault
from forecourt.errors import Invalid, TooMany

_MAX_WAITING = 40  # some two seconds of work
_RETRY_AFTER = 5  # seconds
_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """Holds a password that may be stored. Its own type keeps a plain one from being stored by mistake."""

    value: str = field(repr=False)


def hash_password(password: str, personal: tuple[str, ...] = ()) -> PasswordHash:
    """Hashes a new password. `personal` are the agent's address and name, which it may not consist of.

    Takes some 50 ms and 64 MiB, so call it before a transaction, not in one. Raises `Invalid`, whose code says what is
    wrong with the password.
    """
    if fault := find_password_fault(password, personal):
        raise Invalid([fault])
    return PasswordHash(_HASHER.hash(password))


def needs_rehash(stored_hash: str) -> bool:
    """Checks whether the hash was computed with parameters that are no longer the library's."""
    return _HASHER.check_needs_rehash(stored_hash)


class PasswordChecker:
    """Hashes in threads, two at a time: one for whoever tries, and one for people whose device or session is known.

    So strangers who send many passwords keep no agent waiting. Each hash takes 64 MiB while it is computed.
    """

    def __init__(self) -> None:
        self._unknown, self._known = asyncio.Semaphore(), asyncio.Semaphore()
        self._unknown_waiting = 0

    async def matches(self, stored_hash: str | None, password: str, is_known: bool = False) -> bool:
        """Checks a password. `stored_hash` is None for an unknown account: that takes as long and tells nothing.

        Raises `TooMany` where too many of strangers' passwords wait already.
        """
        async with self._take_turn(is_known):
            return await asyncio.to_thread(_matches, stored_hash, password[:MAX_LENGTH])

    async def rehash(self, password: str) -> PasswordHash:
        """Computes a hash with the present parameters, of a password that has just matched."""
        async with self._known:
            return PasswordHash(await asyncio.to_thread(_HASHER.hash, password))

    async def hash(self, password: str, personal: tuple[str, ...]) -> PasswordHash:
        """Computes the hash of the agent's new password. Raises `Invalid` as `hash_password` does."""
        async with self._known:
            return await asyncio.to_thread(hash_password, password, personal)

    @asynccontextmanager
    async def _take_turn(self, is_known: bool) -> AsyncIterator[None]:
        if is_known:
            async with self._known:
                yield
            return
        if self._unknown_waiting >= _MAX_WAITING:
            raise TooMany(_RETRY_AFTER)
        self._unknown_waiting += 1
        try:
            async with self._unknown:
                yield
        finally:
            self._unknown_waiting -= 1


def _matches(stored_hash: str | None, password: str) -> bool:
    if stored_hash is None:
        _HASHER.hash(password)
        return False
    try:
        return _HASHER.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False
