"""Computes when a snooze ends, by the clock of the agent's own time zone."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta

from forecourt.errors import Fault, Invalid

LATER_TODAY = timedelta(hours=3)
MORNING = time(9)
AT_MOST = timedelta(days=366)

SnoozeChoice = Literal["later_today", "tomorrow", "next_week"]
CHOICES: tuple[SnoozeChoice, ...] = ("later_today", "tomorrow", "next_week")


class SnoozeBody(msgspec.Struct):
    """Is what a form sends. `at` is what an input for day and time holds, by the clock of `zone` (IANA)."""

    until: SnoozeChoice | Literal["custom"]
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    at: Annotated[str, Meta(max_length=25)] = ""

    def compute_end(self, now: datetime) -> datetime:
        """Returns the moment in UTC. Raises `Invalid` for an unknown zone, and for no time within the next year."""
        if self.zone not in _zones():
            raise Invalid([Fault("zone", "choice")])
        local_now = now.astimezone(ZoneInfo(self.zone))
        end = _parse_time(self.at, local_now) if self.until == "custom" else _ENDS[self.until](local_now)
        if not now < end <= now + AT_MOST:
            raise Invalid([Fault("at", "within_a_year")])
        return end.astimezone(UTC)


def _parse_time(text: str, local_now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=local_now.tzinfo)
    except ValueError:
        raise Invalid([Fault("at", "within_a_year" if text else "required")]) from None


def _morning_after(local_now: datetime, days: int) -> datetime:
    return datetime.combine(local_now.date() + timedelta(days), MORNING, local_now.tzinfo)


_ENDS: Mapping[SnoozeChoice, Callable[[datetime], datetime]] = {
    "later_today": lambda now: now.astimezone(UTC) + LATER_TODAY,
    "tomorrow": lambda now: _morning_after(now, 1),
    "next_week": lambda now: _morning_after(now, 7 - now.weekday()),
}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
