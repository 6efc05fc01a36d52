"""A follower: unconfirmed until the address itself says yes (double opt-in), confirmed, left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from forecourt.policy.model import Audience

CONFIRM = "follow.confirm"
MANAGE = "follow.manage"
LEAVE = "follow.leave"
CONFIRM_LIFE = timedelta(hours=48)
MANAGE_LIFE = timedelta(days=400)  # longer than a year: the next change may be far off
LEFT_FOR = timedelta(days=30)  # how long a follower who left is kept
_ASK_AGAIN_AFTER = timedelta(hours=1)
_ASKS_A_DAY = 3
_DAY = timedelta(days=1)


class FollowerState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class FollowPreferences:
    """What a follower wants to hear of, and how. `region` None and no `products`: of everything."""

    locale: str
    region: Audience | None = None
    products: tuple[str, ...] = ()
    webhook: str = ""


def asks_now(asks: int, asked_at: datetime, now: datetime) -> int | None:
    """The number of this mail among those of late; None where it may not be sent.

    Whoever types an address in, its owner gets at most one mail an hour and three in any 24.
    """
    since = now - asked_at
    if since >= _DAY:
        return 1
    return asks + 1 if since >= _ASK_AGAIN_AFTER and asks < _ASKS_A_DAY else None
