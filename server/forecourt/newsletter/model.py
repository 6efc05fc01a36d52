"""Describes a subscriber: unconfirmed until the owner of the address confirms it (double opt-in)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriberState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Holds a subscriber. `visitor` typed the address in, and `consent` is the id of the record that allowed it."""

    id: str
    site: str
    email: str
    locale: str
    state: SubscriberState
    visitor: str
    consent: str
    created_at: datetime
    confirmation_sent_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewsletterRequest:
    """Says that a visitor asked for the newsletter under an address, whether or not the address was known."""

    visitor: str
    email: str
    site: str
    locale: str
    created_at: datetime
