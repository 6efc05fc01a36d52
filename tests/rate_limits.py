"""Finds a rate limit for tests that reach it."""

from forecourt.web.rate_limits import CountedBy, LimitedAction, RateLimit, find_limits


def find_limit(action: LimitedAction, counted_by: CountedBy) -> RateLimit:
    """Raises StopIteration where `action` is not limited by that."""
    return next(limit for limit in find_limits(action) if limit.counted_by == counted_by)
