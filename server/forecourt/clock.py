"""The server's time, always aware and in UTC. What a client says of time is never believed."""

from calendar import monthrange
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 with seconds, in UTC: `2026-11-23T21:00:00Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def months_later(moment: datetime, months: int) -> datetime:
    """The same day `months` calendar months on, or that month's last day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
