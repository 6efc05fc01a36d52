"""Decides when a delivery is tried again, when trying ends, and for how long one worker holds what it is sending."""

import random
from datetime import datetime, timedelta

# RFC 5321 section 4.5.4.1 asks for at least four to five days. A change notice is stale by then.
GIVE_UP_AFTER = timedelta(hours=72)
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
# Longer than one delivery may take. After it, another worker takes what a crashed one was sending.
LEASE_DURATION = timedelta(minutes=2)


def retry_delay(attempts: int) -> timedelta:
    """Returns how long to wait after so many attempts.

    The delay doubles with each attempt up to `LONGEST_DELAY`. It varies by a quarter, so that a relay that comes back
    does not get everything at once.
    """
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts, 10))
    return longest * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


def has_run_out(created_at: datetime, next_attempt_at: datetime) -> bool:
    """Checks whether the next attempt would come too late for something written at `created_at`."""
    return next_attempt_at - created_at > GIVE_UP_AFTER
