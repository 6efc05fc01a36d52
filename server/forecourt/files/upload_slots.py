"""Bounds how many files are received at once, since each is held in memory until it is stored."""

import contextlib
from collections import Counter
from collections.abc import Iterator

from forecourt.errors import Unavailable

AT_ONCE = 24  # in one process: at most 240 MiB
PER_NETWORK = 6  # so that one network cannot take all


class UploadSlots:
    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextlib.contextmanager
    def take(self, network: str) -> Iterator[None]:
        """Holds a place while a file is received. Raises `Unavailable` where all are taken."""
        if self._taken.total() >= AT_ONCE or self._taken[network] >= PER_NETWORK:
            raise Unavailable("too many uploads at once")
        self._taken[network] += 1
        try:
            yield
        finally:
            self._taken[network] -= 1
            self._taken += Counter()  # forgets networks without uploads
