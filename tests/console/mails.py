"""Reads the mails that the console sent to people."""

import email
import re
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import select

from forecourt.app import Application
from forecourt.db.tables import outbox


async def mails_to(application: Application, address: str, kind: str) -> list[EmailMessage]:
    """The mails of a kind to an address, the oldest first."""
    query = select(outbox.c.payload).where(outbox.c.recipient == address, outbox.c.kind == kind)
    rows = await application.database.read(lambda c: c.execute(query.order_by(outbox.c.created_at)).scalars().all())
    return [email.message_from_bytes(row, EmailMessage, policy=default) for row in rows]


def find_link(mail: EmailMessage) -> str:
    """The path of the link to the console that the mail's text has."""
    part = mail.get_body(("plain",))
    assert part
    [path] = set(re.findall(r"https?://[^/\s]+(/console/[\w/-]+)", part.get_content()))
    return str(path)
