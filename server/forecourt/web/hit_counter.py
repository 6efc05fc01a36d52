"""Describes what counts hits against rate limits: this process's memory, or the database that several servers share."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from forecourt.web.rate_limits import RateLimit


class Hit(NamedTuple):
    """Holds a limit, and a keyed digest of whom it is about: no count names a network, an address or an account."""

    limit: RateLimit
    digest: bytes


class HitCounter(Protocol):
    async def count(self, hits: Sequence[Hit]) -> float:
        """Counts all of these hits, or none of them where one is over its limit.

        Returns the seconds until they may be tried again; 0 where they were counted.
        """
