"""A subscriber: unconfirmed until the address itself says yes (double opt-in), confirmed, unsubscribed."""

from datetime import datetime, timedelta

LINK_LIFE = timedelta(hours=48)
ASK_AGAIN_AFTER = timedelta(hours=1)  # whoever types an address in, its owner gets at most one mail an hour
PURPOSE = "newsletter.confirm"


def may_ask(state: str, asked_at: datetime | None, now: datetime) -> bool:
    """Whether another confirmation mail may go to this address."""
    return state != "confirmed" and (asked_at is None or now - asked_at >= ASK_AGAIN_AFTER)
