"""Counts hits in this process's memory: exactly, and in a bounded amount of it.

The library `limits` was used before. Its memory storage keeps every key until a sweep over all of them, cannot be
bounded, and reads a clock that can be set back.
"""

import time
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence

from forecourt.web.hit_counter import Hit
from forecourt.web.rate_limits import RateLimit

MAX_KEYS = 8192  # of one limit
SHARED_SLOTS = 4096  # of one limit, a power of two
_DROPPED_PER_HIT = 4  # expired keys: more than a hit can add, and little enough that no request waits for a sweep


class MemoryCounter:
    """Implements `HitCounter` in memory. `now` returns seconds of a clock that is never set back."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._windows: dict[RateLimit, SlidingWindows] = {}

    async def count(self, hits: Sequence[Hit]) -> float:
        """Implements `HitCounter.count`. It tries one limit after another, so that a refused hit makes no key."""
        now = self._now()
        windows = [(self._windows_of(hit.limit), hit.digest) for hit in hits]
        for window, digest in windows:
            if wait := window.seconds_to_wait(digest, now):
                return wait
        for window, digest in windows:
            window.add(digest, now)
        return 0.0

    def _windows_of(self, limit: RateLimit) -> "SlidingWindows":
        return self._windows.setdefault(limit, SlidingWindows(limit.most, limit.seconds))


class SlidingWindows:
    """Allows each key `most` hits in any `seconds`.

    When `MAX_KEYS` keys are in use, further ones share `SHARED_SLOTS` slots. So nobody can push out another's count by
    making keys, and nobody is refused for being new until the slot they fall into is over the limit itself.
    """

    def __init__(self, most: int, seconds: float):
        self._most, self._seconds = most, seconds
        self._times: OrderedDict[bytes, array[float]] = OrderedDict()  # those without hits for longest come first

    def __len__(self) -> int:
        return len(self._times)

    def seconds_to_wait(self, key: bytes, now: float) -> float:
        """Returns 0 where the key may hit now."""
        times = self._times.get(self._slot(key), ())
        return max(0.0, times[-self._most] + self._seconds - now) if len(times) >= self._most else 0.0

    def add(self, key: bytes, now: float) -> None:
        slot = self._slot(key)
        times = self._times.setdefault(slot, array("d"))
        del times[: bisect_right(times, now - self._seconds)]
        times.append(now)
        self._times.move_to_end(slot)
        self._drop_expired(now)

    def _slot(self, key: bytes) -> bytes:
        if key in self._times or len(self._times) < MAX_KEYS:
            return key
        return (int.from_bytes(key[:2]) % SHARED_SLOTS).to_bytes(2)

    def _drop_expired(self, now: float) -> None:
        for _ in range(_DROPPED_PER_HIT):
            slot = next(iter(self._times))
            if self._times[slot][-1] > now - self._seconds:
                return
            del self._times[slot]
