"""Describes what a visitor typed into the contact form."""

from dataclasses import dataclass


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
    file_ids: tuple[str, ...] = ()
