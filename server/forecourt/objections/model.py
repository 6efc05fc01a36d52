"""An objection: to a change that is proposed, or to what is in force already. Open until answered or taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

PURPOSE = "objection"  # of the links to its page
LINK_LIFE = timedelta(days=730)


class ObjectionState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Timing(StrEnum):
    """When it came. Every one is taken and read; only one in time binds by the agreement."""

    IN_TIME = "in_time"
    LATE = "late"
    IN_FORCE = "in_force"


def timing(effective: date, deadline: date, day: date) -> Timing:
    """Of an objection on `day`; the deadline's own day is in time."""
    if effective <= day:
        return Timing.IN_FORCE
    return Timing.IN_TIME if day <= deadline else Timing.LATE


@dataclass(frozen=True, slots=True)
class ObjectionInput:
    """What somebody wrote. `engagement`: which one of the list."""

    engagement: str
    name: str
    email: str
    company: str
    reason: str
    locale: str


@dataclass(frozen=True, slots=True)
class Objection:
    """`subject` and `change` say what was objected to as it read that day, in `locale`. `release` stood then."""

    id: str
    site: str
    release: int
    engagement: str
    subject: str
    change: str
    effective: date
    deadline: date
    name: str
    email: str
    company: str
    reason: str
    locale: str
    state: ObjectionState
    at: datetime
    settled_at: datetime | None

    @property
    def timing(self) -> Timing:
        return timing(self.effective, self.deadline, self.at.date())


@dataclass(frozen=True, slots=True)
class ObjectionAnswer:
    """`agent`: who wrote it. `mail`: how far its mail has come (queued, sent, failed); empty once that is forgotten."""

    id: str
    at: datetime
    agent: str
    body: str
    mail: str
