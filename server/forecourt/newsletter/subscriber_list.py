"""Lists a site's subscribers and waiting addresses for its agents, and finds and removes them.

A waiting address is one that was asked for and not confirmed. Several visitors may have asked for it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Integer, Text, bindparam, delete, func, or_, select, tuple_

from forecourt.db.tables import newsletter_requests, one_time_links, subscribers
from forecourt.db.write_ahead_log import truncate_wal_after_commit
from forecourt.newsletter import store
from forecourt.newsletter.links import CONFIRMATION_LINK

MAX_SEARCH_LENGTH = 254  # characters, as of an address


class SubscriberState(StrEnum):
    SUBSCRIBED = "subscribed"
    WAITING = "waiting"  # for its owner to confirm


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """Holds one row of the list. `id` is a subscriber's, or the newest request's; `since` is when it was made.

    `proof` says how an agent knows that the owner agreed, and is empty where the owner confirmed by a link.
    """

    id: str
    email: str
    locale: str
    since: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class SubscriberCounts:
    """Counts the addresses of a site in each state."""

    subscribed: int
    waiting: int


_SITE = bindparam("of_site", type_=Text)
_BEFORE = tuple_(bindparam("before", type_=subscribers.c.confirmed_at.type), bindparam("before_id"))
_PATTERN = bindparam("pattern", type_=Text)
_LIMIT = bindparam("most", type_=Integer)
_SELECT_SUBSCRIBED = (
    select(
        subscribers.c.id,
        subscribers.c.email,
        subscribers.c.locale,
        subscribers.c.confirmed_at.label("since"),
        subscribers.c.proof,
    )
    .where(subscribers.c.site == _SITE, tuple_(subscribers.c.confirmed_at, subscribers.c.id) < _BEFORE)
    .where(or_(_PATTERN == "", subscribers.c.email.like(_PATTERN, escape="\\")))
    .order_by(subscribers.c.confirmed_at.desc(), subscribers.c.id.desc())
    .limit(_LIMIT)
)
_IS_SUBSCRIBED = (
    select(subscribers.c.id)
    .where(subscribers.c.site == newsletter_requests.c.site, subscribers.c.email == newsletter_requests.c.email)
    .exists()
)
_IS_WAITING = newsletter_requests.c.site == _SITE, ~_IS_SUBSCRIBED
_NEWEST_REQUESTS = (
    select(func.max(newsletter_requests.c.id).label("id"))
    .where(*_IS_WAITING, or_(_PATTERN == "", newsletter_requests.c.email.like(_PATTERN, escape="\\")))
    .group_by(newsletter_requests.c.email)
)
_SELECT_WAITING = (
    select(
        newsletter_requests.c.id,
        newsletter_requests.c.email,
        newsletter_requests.c.locale,
        newsletter_requests.c.requested_at.label("since"),
    )
    .where(
        newsletter_requests.c.id.in_(_NEWEST_REQUESTS),
        tuple_(newsletter_requests.c.requested_at, newsletter_requests.c.id) < _BEFORE,
    )
    .order_by(newsletter_requests.c.requested_at.desc(), newsletter_requests.c.id.desc())
    .limit(_LIMIT)
)
_COUNT_SUBSCRIBED = select(func.count()).where(subscribers.c.site == _SITE)
_COUNT_WAITING = select(func.count(newsletter_requests.c.email.distinct())).where(*_IS_WAITING)
_REQUESTS_FOR_ADDRESS = (
    newsletter_requests.c.site == _SITE,
    newsletter_requests.c.email == bindparam("address", type_=Text),
)
_DELETE_LINKS = delete(one_time_links).where(
    one_time_links.c.purpose == CONFIRMATION_LINK,
    one_time_links.c.subject.in_(select(newsletter_requests.c.id).where(*_REQUESTS_FOR_ADDRESS)),
)
_DELETE_REQUESTS = delete(newsletter_requests).where(*_REQUESTS_FOR_ADDRESS)


def list_addresses(
    connection: Connection, site: str, state: SubscriberState, before: tuple[datetime, str], limit: int, search: str
) -> list[ListedAddress]:
    """Returns addresses in this state that contain `search`, the newest first, from `before` (time and id) on."""
    statement = _SELECT_SUBSCRIBED if state is SubscriberState.SUBSCRIBED else _SELECT_WAITING
    values = {"of_site": site, "before": before[0], "before_id": before[1], "most": limit, "pattern": _pattern(search)}
    return [ListedAddress(**{"proof": "", **row}) for row in connection.execute(statement, values).mappings()]


def count_addresses(connection: Connection, site: str) -> SubscriberCounts:
    values = {"of_site": site}
    subscribed, waiting = (
        connection.execute(count, values).scalar_one() for count in (_COUNT_SUBSCRIBED, _COUNT_WAITING)
    )
    return SubscriberCounts(subscribed, waiting)


def find_address(connection: Connection, site: str, identity: str) -> str | None:
    """Returns the address of the subscriber or request with this id."""
    row = store.find_subscriber(connection, identity) or store.find_request(connection, identity)
    return row.email if row and row.site == site else None


def remove_address(connection: Connection, site: str, identity: str) -> bool:
    """Deletes the subscription of a row's address with every request for it: no link that was mailed works any more.

    Returns whether there was one.
    """
    email = find_address(connection, site, identity)
    if email is None:
        return False
    if subscriber := store.find_by_address(connection, site, email):
        store.delete_subscriber(connection, subscriber.id)
    for statement in (_DELETE_LINKS, _DELETE_REQUESTS):
        connection.execute(statement, {"of_site": site, "address": email})
    truncate_wal_after_commit(connection)
    return True


def _pattern(search: str) -> str:
    """Returns a pattern of LIKE for text anywhere in an address, or nothing where nothing is searched for."""
    text = search.strip().lower()
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return f"%{text}%" if text else ""
