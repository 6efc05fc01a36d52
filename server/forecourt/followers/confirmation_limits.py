"""Limits the confirmation mails to one address: anybody can type one in, and its owner should not be flooded."""

from datetime import datetime, timedelta

RESEND_AFTER = timedelta(hours=1)
MAILS_A_DAY = 3
_DAY = timedelta(days=1)


def next_mail_number(mails: int, last_sent_at: datetime, now: datetime) -> int | None:
    """Returns the number of a confirmation mail that would be sent now, or None if it may not be sent.

    `mails` is the number of the last one, which went at `last_sent_at`. Numbers start again at 1 after a day without
    such a mail.
    """
    waited = now - last_sent_at
    if waited >= _DAY:
        return 1
    return mails + 1 if waited >= RESEND_AFTER and mails < MAILS_A_DAY else None
