"""How long a test waits for what must happen. It costs nothing where it does, and no busy machine takes as long."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
DEADLINE = 120  # seconds


def wait_until(condition: Callable[[], T | None], pause: float = 0.1) -> T:
    """Returns the first true value of `condition`. Use it where there is no event, as for another process's rows."""
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {DEADLINE} seconds"
        time.sleep(pause)
    return value
