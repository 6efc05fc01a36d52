"""Describes a contact message, which a visitor writes and an agent answers by mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ContactMessageState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ContactInput:
    """Holds what a visitor typed into the contact form, and the language they did it in.

    The same `idempotency_key` stores it once; a blank one stores it always.
    """

    topic: str
    name: str
    email: str
    message: str
    locale: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class ContactMessage:
    """Holds a stored contact message. `consent` is the id of the record that allowed it."""

    id: str
    site: str
    visitor: str
    consent: str
    topic: str
    name: str
    email: str
    message: str
    locale: str
    state: ContactMessageState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """Holds an agent's answer to a contact message. The same `idempotency_key` stores it once."""

    message: str
    idempotency_key: str
    agent: str
    body: str
    created_at: datetime
