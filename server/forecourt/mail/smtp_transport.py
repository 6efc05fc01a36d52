"""Sends mails through an SMTP relay."""

import asyncio
import ssl
from dataclasses import dataclass

import aiosmtplib

from forecourt.email_address import to_addr_spec
from forecourt.mail.model import DeliveryDeferred, DeliveryRejected, DeliveryReply
from forecourt.mail.outbox import LeasedItem
from forecourt.settings.server import SmtpSettings


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Sends through the SMTP relay that the settings name."""

    smtp: SmtpSettings

    async def send(self, item: LeasedItem) -> DeliveryReply:
        """Implements `Transport.send`."""
        try:
            async with asyncio.timeout(self.smtp.timeout):
                _, text = await self._send_to_relay(item)
                return DeliveryReply(text, 250)
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _delivery_error(error) from error
        except (TimeoutError, OSError, ssl.SSLError, aiosmtplib.SMTPException) as error:
            raise DeliveryDeferred(f"{type(error).__name__}: {error}") from error

    async def _send_to_relay(self, item: LeasedItem) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        return await aiosmtplib.send(
            item.payload,
            sender=item.sender,
            recipients=[to_addr_spec(item.recipient)],
            hostname=self.smtp.host,
            port=self.smtp.port,
            username=self.smtp.username or None,
            password=self.smtp.password or None,
            use_tls=self.smtp.security == "tls",
            start_tls=self.smtp.security == "starttls",
            timeout=self.smtp.timeout,
        )


def _delivery_error(error: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused) -> Exception:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refusal = error.recipients[0]
        code, text = refusal.code, refusal.message
    else:
        code, text = error.code, error.message
    # A relay that refuses our password says nothing about the recipient: once the password is right, the mail leaves.
    is_final = code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
    return (DeliveryRejected if is_final else DeliveryDeferred)(f"{code} {text}", code)
