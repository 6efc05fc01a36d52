"""Tells the server's time, always with a time zone and in UTC. A client's clock is never relied on."""

from calendar import monthrange
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Formats as ISO 8601 with seconds, in UTC: `2026-11-23T21:00:00Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def months_later(moment: datetime, months: int) -> datetime:
    """Returns the same day `months` calendar months later, or the last day of that month where it is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
