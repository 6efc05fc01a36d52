"""Describes a follower of a policy: unconfirmed until the owner of the address confirms it (double opt-in)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from forecourt.policy.model import Audience

FORGET_AFTER = timedelta(days=30)  # how long the row of a follower who stopped following is kept


class FollowerState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    LEFT = "left"  # stopped following


class AnnouncementState(StrEnum):
    PLANNING = "planning"  # not every follower has a notice yet
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class FollowPreferences:
    """Holds what a follower is told about, and how.

    `region` None stands for all regions, and no `products` for all products.
    """

    locale: str
    region: Audience | None = None
    products: tuple[str, ...] = ()
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """Holds a follower. `webhook_secret` signs the webhook's calls.

    `confirmation_mails` is the number of the last confirmation mail.
    """

    id: str
    site: str
    email: str
    preferences: FollowPreferences
    webhook_secret: str
    state: FollowerState
    confirmation_sent_at: datetime
    confirmation_mails: int
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        return self.state is FollowerState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Announcement:
    """Holds a release that followers are notified of. Notices are planned up to the follower `last_follower`."""

    site: str
    release: int
    last_follower: str


@dataclass(frozen=True, slots=True)
class ChangeNoticeRecord:
    """Proves that a follower was notified. `content_hash` is that of its words, `commitment` that of salt and address.

    The database refuses to change such a row, and it holds no personal value.
    """

    id: str
    site: str
    release: int
    follower: str
    channel: str
    locale: str
    region: Audience | None
    content_hash: str
    commitment: str
    created_at: datetime
