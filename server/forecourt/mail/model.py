"""Describes mails and webhook calls before they are written to the outbox, and how their delivery can end."""

from dataclasses import dataclass, field
from enum import StrEnum

WEBHOOK_GONE = 410  # the HTTP status by which a receiver wants no more calls


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """Holds a file that a mail carries. `media_type` has no parameters."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """Holds a mail before it is rendered.

    `kind` names the template mail/KIND.html. A mail with an idempotency key that is in the outbox is not written again.
    """

    kind: str
    idempotency_key: str
    recipient: str
    locale: str
    context: dict[str, object] = field(default_factory=dict)
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # beside those that every mail has
    visitor: str = ""  # who caused the mail, if a visitor did
    is_written_by_person: bool = False  # an agent's own answer, which help desks must not take for a machine's
    attachments: tuple[MailAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """Holds a webhook's call before it is sent: `body` is JSON, and `secret` (`whsec_` and base64) signs it."""

    kind: str
    idempotency_key: str
    url: str
    secret: str = field(repr=False)
    body: bytes


class Channel(StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class OutboxState(StrEnum):
    QUEUED = "queued"  # waits for its first or next attempt
    SENT = "sent"
    FAILED = "failed"  # is not tried again


class DeliveryOutcome(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # is tried again
    BOUNCED = "bounced"  # is not tried again


@dataclass(frozen=True, slots=True)
class DeliveryReply:
    """Holds what the other side replied. `code` is the status of SMTP or HTTP, and 0 when there was none."""

    text: str
    code: int = 0


@dataclass(frozen=True, slots=True)
class Sender:
    """Says who a mail is from: the controller's name, and the address that mails are sent from."""

    name: str
    address: str


class DeliveryError(Exception):
    """Is raised by a transport when the other side did not take an item."""

    def __init__(self, text: str, code: int = 0):
        super().__init__(text)
        self.reply = DeliveryReply(text, code)


class DeliveryDeferred(DeliveryError):
    """Says that the item should be tried again: the network failed, time ran out, or the other side answered 4xx."""


class DeliveryRejected(DeliveryError):
    """Says that the item should not be tried again."""
