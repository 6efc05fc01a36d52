"""Kinds of text a stranger may send. Refused, never repaired.

Patterns are written so that Python and ECMAScript (JSON Schema, RFC 8927 readers) agree on them.
"""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from msgspec import Meta

# Line breaks of every kind, other controls, and marks that turn the direction of what follows (UAX #9).
_NOT_IN_LINE = r"[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]"
_NOT_IN_BODY = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]"
_LINE = rf"^(?![\s\S]*{_NOT_IN_LINE})[\s\S]*\S"
_BODY = rf"^(?![\s\S]*{_NOT_IN_BODY})[\s\S]*\S"

BODY_AT_MOST = 5000  # characters

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=_LINE)]
Body = Annotated[str, Meta(min_length=1, max_length=BODY_AT_MOST, pattern=_BODY)]
ChatBody = Annotated[str, Meta(min_length=1, max_length=4000, pattern=_BODY)]
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=_LINE)]
# Of a page's address, from its first slash and without query or fragment, which often name people. Empty: not told.
Path = Annotated[str, Meta(max_length=500, pattern=rf"^(?![\s\S]*{_NOT_IN_LINE})(/[^?#]*)?$")]
Token = Annotated[str, Meta(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9_-]+$")]
Sha256 = Annotated[str, Meta(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]
# Checked by `email_fault`, which says what is wrong in one word; the schema only bounds it.
Email = Annotated[str, Meta(min_length=1, max_length=254)]


def printable(said: str) -> str:
    """What drives a terminal, hides or turns what follows is written out: `\\x1b`."""
    return said if said.isprintable() else "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in said)


def mailbox(address: str) -> str | None:
    """One mailbox (RFC 5321, at most 254 octets), domain lowered; None where it is none, or more than one.

    No look-up is made: whether the domain takes mail is found out by sending.
    """
    if any(mark in address for mark in '\r\n\u0085\u2028\u2029,;<>"\x00 '):
        return None
    try:
        # Names that are special by use (.test, .internal) are somebody's own business: the mail is simply not taken.
        found = validate_email(
            address,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    written = address.rpartition("@")[2].lower()
    repaired = written not in (found.domain.lower(), found.ascii_domain.lower()) or "." not in written
    normal = found.ascii_email or found.normalized
    return None if repaired or len(normal.encode()) > 254 else normal


def email_fault(address: str) -> str | None:
    """The code of what is wrong with it, as `strict.Rules` wants it."""
    return None if mailbox(address) else "email"
