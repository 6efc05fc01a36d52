"""Describes whose the rows are: a request is the asker's, and a follower is an address that its owner confirmed.

- A `FollowRequest` says that somebody typed an address, with the preferences that they typed. It has links of its own.
  Several may stand side by side for one address. Following needs no consent and no token, so nothing says who asked:
  two requests that want the same are one.
- A `Follower` is an address whose owner pressed the button behind one of these links (double opt-in). The request's
  preferences then become the follower's, and its links lead to the follower.

So what others ask for an address changes nothing for its owner, who sees a request's preferences before they confirm
it. Whether an address follows is shown to nobody but who opens a link that was mailed to it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from forecourt.policy.model import Audience

CONFIRMATION_MAIL = "follow_confirmation"
FORGET_AFTER = timedelta(days=30)  # how long the row of a follower who stopped following is kept


class FollowerState(StrEnum):
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
class FollowRequest:
    """Holds what was asked for an address. `confirmation_sent_at` is when a link was last mailed for it."""

    id: str
    site: str
    email: str
    preferences: FollowPreferences
    confirmation_sent_at: datetime


@dataclass(frozen=True, slots=True)
class Follower:
    """Holds a confirmed address. `webhook_secret` signs the webhook's calls.

    `confirmed_at` is since when the address follows, whatever preferences were confirmed later.
    """

    id: str
    site: str
    email: str
    preferences: FollowPreferences
    webhook_secret: str
    state: FollowerState
    confirmed_at: datetime

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
