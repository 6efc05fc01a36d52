"""Where what the outbox holds goes: a mail to an SMTP relay, or into a folder without one; a call to its address."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiosmtplib

from forecourt.mail.model import Channel, Deferred, DeliveryReply, Rejected
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.webhook import WebhookTransport
from forecourt.settings.server import SmtpSettings


class Transport(Protocol):
    async def send(self, mail: LeasedItem) -> DeliveryReply:
        """What the other side said on taking it. Raises `Deferred` or `Rejected`."""


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    smtp: SmtpSettings

    async def send(self, mail: LeasedItem) -> DeliveryReply:
        try:
            async with asyncio.timeout(self.smtp.timeout):
                _, said = await self._deliver(mail)
                return DeliveryReply(said, 250)
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _verdict(error) from error
        except (TimeoutError, OSError, ssl.SSLError, aiosmtplib.SMTPException) as error:
            raise Deferred(f"{type(error).__name__}: {error}") from error

    async def _deliver(self, mail: LeasedItem) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        return await aiosmtplib.send(
            mail.raw,
            sender=mail.sender,
            recipients=[mail.recipient],
            hostname=self.smtp.host,
            port=self.smtp.port,
            username=self.smtp.username or None,
            password=self.smtp.password or None,
            use_tls=self.smtp.security == "tls",
            start_tls=self.smtp.security == "starttls",
            timeout=self.smtp.timeout,
        )


@dataclass(frozen=True, slots=True)
class FolderTransport:
    folder: Path

    async def send(self, mail: LeasedItem) -> DeliveryReply:
        return await asyncio.to_thread(self._write, mail)

    def _write(self, mail: LeasedItem) -> DeliveryReply:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{mail.id}.eml"
            fresh = path.with_suffix(".part")
            fresh.write_bytes(mail.raw)
            fresh.replace(path)
        except OSError as error:
            raise Deferred(str(error)) from error
        return DeliveryReply(f"written to {path.name}")


@dataclass(frozen=True, slots=True)
class ChannelTransport:
    mail: Transport
    webhook: Transport

    async def send(self, mail: LeasedItem) -> DeliveryReply:
        return await (self.webhook if mail.channel == Channel.WEBHOOK else self.mail).send(mail)


def folder_of(data: Path) -> Path:
    return data / "mails"


def transport(smtp: SmtpSettings, folder: Path, inside_webhooks: bool = False) -> ChannelTransport:
    return ChannelTransport(
        SmtpTransport(smtp) if smtp.host else FolderTransport(folder), WebhookTransport(inside_webhooks)
    )


def _verdict(error: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused) -> Exception:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        first = error.recipients[0]
        code, said = first.code, first.message
    else:
        code, said = error.code, error.message
    # A relay that does not know us says nothing of the recipient: somebody mends the password, and the mail leaves.
    is_final = code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
    return (Rejected if is_final else Deferred)(f"{code} {said}", code)
