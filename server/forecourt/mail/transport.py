"""Where a mail goes: to an SMTP relay, or into a folder where none is set."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiosmtplib

from forecourt.mail.outbox import Leased
from forecourt.settings import Smtp


class Deferred(Exception):
    """Not now: the network, a time-out or a 4xx. To be tried again."""


class Rejected(Exception):
    """Never: a 5xx. Trying again would annoy."""


class Transport(Protocol):
    async def send(self, mail: Leased) -> str:
        """What the other side said on taking it. Raises `Deferred` or `Rejected`."""


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    smtp: Smtp

    async def send(self, mail: Leased) -> str:
        try:
            async with asyncio.timeout(self.smtp.timeout):
                _, said = await self._deliver(mail)
                return said
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _verdict(error) from error
        except (TimeoutError, OSError, ssl.SSLError, aiosmtplib.SMTPException) as error:
            raise Deferred(f"{type(error).__name__}: {error}") from error

    async def _deliver(self, mail: Leased) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
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

    async def send(self, mail: Leased) -> str:
        return await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Leased) -> str:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{mail.id}.eml"
            fresh = path.with_suffix(".part")
            fresh.write_bytes(mail.raw)
            fresh.replace(path)
        except OSError as error:
            raise Deferred(str(error)) from error
        return f"written to {path.name}"


def transport(smtp: Smtp, folder: Path) -> Transport:
    return SmtpTransport(smtp) if smtp.host else FolderTransport(folder)


def _verdict(error: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused) -> Exception:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        first = error.recipients[0]
        code, said = first.code, first.message
    else:
        code, said = error.code, error.message
    return (Rejected if code >= 500 else Deferred)(f"{code} {said}")
