"""Decides when an address may be mailed a confirmation link for the newsletter, and how long that link works."""

from datetime import datetime, timedelta

from forecourt.newsletter.model import SubscriberState

LINK_PURPOSE = "newsletter.confirm"
LINK_LIFETIME = timedelta(hours=48)
RESEND_AFTER = timedelta(hours=1)  # anybody can type an address in; its owner gets at most one mail an hour


def may_send_confirmation(state: SubscriberState, last_sent_at: datetime | None, now: datetime) -> bool:
    """Checks whether a confirmation mail may go to an address whose last one went at `last_sent_at`."""
    return state is not SubscriberState.CONFIRMED and has_waited(last_sent_at, now)


def has_waited(last_sent_at: datetime | None, now: datetime) -> bool:
    """Checks whether `RESEND_AFTER` has passed since the last confirmation mail, or there was none."""
    return last_sent_at is None or now - last_sent_at >= RESEND_AFTER
