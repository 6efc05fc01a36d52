"""Decides how many mails go to addresses that nobody has confirmed: anybody can type one into a public form.

Counted are mails an hour to a mailbox, to a domain and in all, and requests an hour from a network. They are counted in
the database, since they must hold across processes and restarts, and as keyed digests that are deleted within hours.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from forecourt.mail.unconfirmed_mail_store import MailCounts
from forecourt.settings.server import UnconfirmedMailSettings

WINDOW = timedelta(hours=1)
LATEST_AFTER = timedelta(hours=4)  # a mail that would have to wait longer is not sent: nobody would expect it any more
KEPT_FOR = LATEST_AFTER + WINDOW


class UnconfirmedMailOutcome(StrEnum):
    """Says what became of a mail: it is sent at once, sent in some hours, or never."""

    SENT = "sent"
    DELAYED = "delayed"
    DROPPED = "dropped"


def possible_times(now: datetime) -> list[datetime]:
    """Returns when a mail may be sent, the earliest first."""
    return [now + hours * WINDOW for hours in range(LATEST_AFTER // WINDOW + 1)]


def has_room(counts: MailCounts, limits: UnconfirmedMailSettings) -> bool:
    """Checks whether one more mail may be sent beside those counted, as far as the domain and all are concerned."""
    return counts.domain < limits.domain and counts.total < limits.total
