"""Parses a mail once, however often a test looks for its link."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache


@lru_cache(maxsize=2048)
def parse_mail(raw: bytes) -> EmailMessage:
    """Returns the mail, which nobody may change."""
    return message_from_bytes(raw, EmailMessage, policy=default)


@lru_cache(maxsize=2048)
def plain_text(mail: EmailMessage) -> str:
    """Returns the text that a mail has beside its HTML."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""
