"""Chooses how an outbox item leaves: a mail to the SMTP relay, or into a folder without one; a call to its webhook."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from forecourt.mail.mail_folder import FolderTransport
from forecourt.mail.model import Channel, DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.settings.server import SmtpSettings


class Transport(Protocol):
    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Returns what the other side replied when it took the item.

        Raises `DeliveryDeferred` when it should be tried again, and `DeliveryRejected` when it should not.
        """


@dataclass(frozen=True, slots=True)
class ChannelTransport:
    """Sends mails by one transport and webhook calls by another."""

    mail: Transport
    webhook: Transport

    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Implements `Transport.send`."""
        return await (self.webhook if item.channel == Channel.WEBHOOK else self.mail).send(item)


@dataclass(frozen=True, slots=True)
class LazyWebhookTransport:
    """Calls webhooks. Imports the HTTP client at the first call: it is slow to import, and most servers call none."""

    allow_private: bool

    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Implements `Transport.send`."""
        from forecourt.mail.webhook_transport import WebhookTransport

        return await WebhookTransport(self.allow_private).send(item)

    async def answers_challenge(self, url: str, secret: str) -> bool:
        """Implements `WebhookTransport.answers_challenge`."""
        from forecourt.mail.webhook_transport import WebhookTransport

        return await WebhookTransport(self.allow_private).answers_challenge(url, secret)


def make_transport(smtp: SmtpSettings, folder: Path, allow_private: bool = False) -> ChannelTransport:
    """Returns a transport that uses the relay if one is configured, and `folder` otherwise.

    `allow_private`: webhooks may be in the server's own network.
    """
    return ChannelTransport(_mail_transport(smtp, folder), LazyWebhookTransport(allow_private))


def _mail_transport(smtp: SmtpSettings, folder: Path) -> Transport:
    if not smtp.host:
        return FolderTransport(folder)
    from forecourt.mail.smtp_transport import SmtpTransport  # a server without a relay does without its imports

    return SmtpTransport(smtp)
