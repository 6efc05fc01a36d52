"""A mail before it is written, and how long the outbox keeps trying."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

GIVE_UP_AFTER = timedelta(
    hours=72
)  # RFC 5321 section 4.5.4.1 asks for at least four to five days; a notice is stale by then
_FIRST_WAIT = 30.0  # seconds
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Mail:
    """`kind` names the template mail/KIND.html; `dedupe` makes writing the same mail twice write it once.

    `visitor`: whose words or wishes caused it, where one's did.
    """

    kind: str
    dedupe: str
    recipient: str
    locale: str
    context: dict[str, object] = field(default_factory=dict)
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # beside those of every letter
    visitor: str = ""  # whose doing caused it, where it was a visitor's


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A webhook's call before it is sent: `body` is JSON, `secret` signs it (`whsec_` and base64)."""

    kind: str
    dedupe: str
    url: str
    secret: str = field(repr=False)
    body: bytes


class Channel(StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # it will be tried again
    BOUNCED = "bounced"  # for good


@dataclass(frozen=True, slots=True)
class DeliveryReply:
    """What the other side said. `code`: of SMTP or HTTP; 0 where there was none."""

    text: str
    code: int = 0


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the controller's name, which every letter can say, and the address mails come from."""

    name: str
    address: str


class _Untaken(Exception):
    def __init__(self, text: str, code: int = 0):
        super().__init__(text)
        self.answer = DeliveryReply(text, code)


class Deferred(_Untaken):
    """Not now: the network, a time-out or a 4xx. To be tried again."""


class Rejected(_Untaken):
    """Never. Trying again would annoy."""


def wait(attempts: int) -> timedelta:
    """How long until the next try: doubling, capped, with jitter so that a relay is not met by all at once."""
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts, 10))
    return timedelta(seconds=longest * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, no secret
