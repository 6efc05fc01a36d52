"""Describes an objection to a proposed change or to what is in force. It is open until answered or withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ObjectionState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Timing(StrEnum):
    """Says when an objection came. Each one is read; only one in time binds by the agreement."""

    IN_TIME = "in_time"
    LATE = "late"
    IN_FORCE = "in_force"


def timing(effective: date, deadline: date, day: date) -> Timing:
    """Returns the timing of an objection that comes on `day`. The day of the deadline is in time."""
    if effective <= day:
        return Timing.IN_FORCE
    return Timing.IN_TIME if day <= deadline else Timing.LATE


@dataclass(frozen=True, slots=True)
class ObjectionInput:
    """Holds what somebody wrote. `engagement` is the id of the one they object to."""

    engagement: str
    name: str
    email: str
    company: str
    reason: str
    locale: str


@dataclass(frozen=True, slots=True)
class Objection:
    """Holds an objection. `subject` and `change_text` say what it is about, as it read that day in `locale`.

    `release` is the number of the release that was live then.

    `settled_at` is when it was answered or withdrawn.
    """

    id: str
    site: str
    release: int
    engagement: str
    subject: str
    change_text: str
    effective_on: date
    deadline: date
    name: str
    email: str
    company: str
    reason: str
    locale: str
    state: ObjectionState
    created_at: datetime
    settled_at: datetime | None

    @property
    def timing(self) -> Timing:
        return timing(self.effective_on, self.deadline, self.created_at.date())


@dataclass(frozen=True, slots=True)
class ObjectionAnswer:
    """Holds an agent's answer. `agent` is the name of who wrote it.

    `mail` is the state of its mail, and empty once the outbox has deleted it.
    """

    id: str
    created_at: datetime
    agent: str
    body: str
    mail: str
