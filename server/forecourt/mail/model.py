"""A mail before it is written, and how long the outbox keeps trying."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

GIVE_UP_AFTER = timedelta(
    hours=72
)  # RFC 5321 section 4.5.4.1 asks for at least four to five days; a notice is stale by then
_FIRST_WAIT = 30.0  # seconds
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Mail:
    """`kind` names the template mail/KIND.html; `dedupe` makes writing the same mail twice write it once."""

    kind: str
    dedupe: str
    recipient: str
    locale: str
    context: dict[str, object] = field(default_factory=dict)
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the controller's name, which every letter can say, and the address mails come from."""

    name: str
    address: str


def wait(attempts: int) -> timedelta:
    """How long until the next try: doubling, capped, with jitter so that a relay is not met by all at once."""
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts, 10))
    return timedelta(seconds=longest * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, no secret
