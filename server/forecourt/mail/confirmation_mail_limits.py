"""Decides when an address may be mailed a link to confirm, for the newsletter or to follow changes.

Anybody can type an address in. Its owner gets few mails, and still one for each of the first requests: a stranger who
asks first does not take the owner's link away.
"""

from datetime import datetime, timedelta

RESEND_AFTER = timedelta(hours=1)  # for one request
MAILS_A_DAY = 3  # of one kind to one address, whoever asked
COUNTED_FOR = timedelta(days=1)


def may_send_confirmation(last_sent_at: datetime | None, mails_to_address: int, now: datetime) -> bool:
    """Checks whether a confirmation mail may be sent.

    The last one for the same request went at `last_sent_at`; `mails_to_address` went to its address within
    `COUNTED_FOR`, for anybody.
    """
    has_waited = last_sent_at is None or now - last_sent_at >= RESEND_AFTER
    return has_waited and mails_to_address < MAILS_A_DAY
