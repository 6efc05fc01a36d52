"""Queues mails that ask the owner of an address to confirm it, as many as `confirmation_mail_limits.py` allows."""

from datetime import datetime

from sqlalchemy import Connection

from forecourt import clock
from forecourt.mail import confirmation_mail_store as store
from forecourt.mail.confirmation_mail_limits import COUNTED_FOR, may_send_confirmation
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.mail.unconfirmed_mails import UnconfirmedMailQueue


def put_confirmation_mail(
    connection: Connection, mail: Mail, routing: MailRouting, last_sent_at: datetime | None, queue: UnconfirmedMailQueue
) -> bool:
    """Queues the mail by `queue`, and counts it. `last_sent_at` is when the same request was mailed last.

    Returns False where it may not be sent now, or is dropped. The caller then stores no link, and answers as ever.
    """
    now, fingerprints = clock.now(), queue.fingerprints(mail.recipient)
    mails = store.count_mails(connection, routing.site, mail.kind, fingerprints, now - COUNTED_FOR)
    if not may_send_confirmation(last_sent_at, mails, now) or not queue.put_mail(connection, mail, routing.sender):
        return False
    store.add_mail(connection, routing.site, mail.kind, fingerprints[0], now)
    return True
