"""A contact message: written by a visitor, answered by mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactMessage:
    topic: str
    name: str
    email: str
    message: str
    locale: str
