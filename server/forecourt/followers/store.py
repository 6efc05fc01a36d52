"""Followers, announcements and change notices in SQL."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from forecourt.db.tables import announcements, change_notice_details, change_notices, followers, notices
from forecourt.followers.model import FollowerState, FollowPreferences

_OF_SITE = followers.c.site == bindparam("of_site")
_ONE_ID = followers.c.id == bindparam("follower")
_BY_ADDRESS = select(followers).where(_OF_SITE, followers.c.email == bindparam("address"))
_ONE = select(followers).where(_ONE_ID)
_ADD = insert(followers)
_ASKED = update(followers).where(_ONE_ID).values(asked_at=bindparam("now"), asks=bindparam("count"))
_SETTLE = (
    update(followers)
    .where(_ONE_ID)
    .values(
        {each: bindparam(f"new_{each}") for each in ("locale", "region", "products", "webhook", "secret")}
        | {"state": FollowerState.CONFIRMED, "confirmed_at": bindparam("since"), "left_at": None}
    )
)
_LEAVE = (
    update(followers)
    .where(_ONE_ID, followers.c.state == FollowerState.CONFIRMED)
    .values(state=FollowerState.LEFT, left_at=bindparam("now"), webhook="", secret="")
)
_END_WEBHOOK = (
    update(followers).where(_ONE_ID, followers.c.webhook == bindparam("address")).values(webhook="", secret="")
)
_WANTED = select(followers.c.region, followers.c.products, followers.c.webhook).where(
    _OF_SITE, followers.c.state == FollowerState.CONFIRMED
)
_TO_TELL = (
    select(followers)
    .where(_OF_SITE, followers.c.state == FollowerState.CONFIRMED)
    .where(followers.c.id > bindparam("after_id"), followers.c.confirmed_at <= bindparam("published"))
    .order_by(followers.c.id)
    .limit(bindparam("most"))
)
_PLANNING = announcements.c.state == "planning"
_PENDING = select(announcements).where(_PLANNING).order_by(announcements.c.at, announcements.c.release)
_THIS = (announcements.c.site == bindparam("of_site")) & (announcements.c.release == bindparam("number"))
_TAKE = select(announcements).where(_THIS, _PLANNING).with_for_update(skip_locked=True)
_ADVANCE = (
    update(announcements)
    .where(_THIS)
    .values(
        state=bindparam("new_state"), after=bindparam("last_id"), planned=announcements.c.planned + bindparam("more")
    )
)
_TOLD = select(change_notices.c.follower).where(
    change_notices.c.site == bindparam("of_site"),
    change_notices.c.release == bindparam("number"),
    change_notices.c.follower.in_(bindparam("among", expanding=True)),
)
_NOTICES_OF = select(change_notices.c.id).where(
    change_notices.c.follower == bindparam("follower"), change_notices.c.at > bindparam("since")
)
_FOLLOWER_OF = select(change_notices.c.follower).where(change_notices.c.id == bindparam("notice"))
_ADD_NOTICE = insert(change_notices)
_ADD_DETAILS = insert(change_notice_details)
_KEPT = select(notices.c.hash).where(notices.c.hash == bindparam("content"))
_KEEP = insert(notices)


def by_address(connection: Connection, site: str, email: str) -> Any | None:
    return connection.execute(_BY_ADDRESS, {"of_site": site, "address": email}).one_or_none()


def one(connection: Connection, follower: str) -> Any | None:
    return connection.execute(_ONE, {"follower": follower}).one_or_none()


def add(connection: Connection, follower: str, site: str, email: str, locale: str, now: datetime) -> None:
    row: dict[str, Any] = {"id": follower, "site": site, "email": email, "locale": locale, "at": now, "asked_at": now}
    row |= {"asks": 1, "state": FollowerState.UNCONFIRMED, "products": [], "webhook": "", "secret": ""}
    connection.execute(_ADD, row)


def mark_asked(connection: Connection, follower: str, asks: int, now: datetime) -> None:
    connection.execute(_ASKED, {"follower": follower, "count": asks, "now": now})


def settle(connection: Connection, follower: str, wish: FollowPreferences, secret: str, since: datetime) -> None:
    """Confirmed `since`, wanting what `wish` says."""
    values = {"locale": wish.locale, "region": wish.region, "products": list(wish.products), "webhook": wish.webhook}
    named = {f"new_{name}": value for name, value in values.items()}
    connection.execute(_SETTLE, named | {"follower": follower, "new_secret": secret, "since": since})


def leave(connection: Connection, follower: str, now: datetime) -> None:
    connection.execute(_LEAVE, {"follower": follower, "now": now})


def end_webhook(connection: Connection, notice: str, url: str) -> None:
    """The webhook that answered `notice` is no more; one that was set since is left alone."""
    follower = connection.execute(_FOLLOWER_OF, {"notice": notice}).scalar_one_or_none()
    connection.execute(_END_WEBHOOK, {"follower": follower, "address": url})


def wanted(connection: Connection, site: str) -> Iterable[Any]:
    """Region, products and webhook of each confirmed follower."""
    return connection.execute(_WANTED, {"of_site": site})


def pending(connection: Connection) -> list[Any]:
    """Announcements of which not every follower is told yet, the oldest first."""
    return list(connection.execute(_PENDING))


def take(connection: Connection, site: str, release: int) -> Any | None:
    """The announcement, locked; None where it is done, or another process is at it."""
    return connection.execute(_TAKE, {"of_site": site, "number": release}).one_or_none()


def to_tell(connection: Connection, site: str, after: str, published: datetime, most: int) -> list[Any]:
    """The next followers by id: those who were confirmed when the release was published."""
    values = {"of_site": site, "after_id": after, "published": published, "most": most}
    return list(connection.execute(_TO_TELL, values))


def advance(connection: Connection, announcement: Any, last: str, planned: int, is_done: bool) -> None:
    values = {"new_state": "planned" if is_done else "planning", "last_id": last, "more": planned}
    connection.execute(_ADVANCE, values | {"of_site": announcement.site, "number": announcement.release})


def told(connection: Connection, site: str, release: int, among: list[str]) -> set[str]:
    return set(connection.execute(_TOLD, {"of_site": site, "number": release, "among": among}).scalars())


def add_notice(connection: Connection, row: dict[str, Any], salt: str, recipient: str) -> None:
    connection.execute(_ADD_NOTICE, row)
    connection.execute(_ADD_DETAILS, {"notice": row["id"], "salt": salt, "recipient": recipient})


def notices_of(connection: Connection, follower: str, since: datetime) -> list[str]:
    return list(connection.execute(_NOTICES_OF, {"follower": follower, "since": since}).scalars())


def keep(connection: Connection, site: str, locale: str, content: str, text: str, now: datetime) -> None:
    """The exact words, once."""
    if connection.execute(_KEPT, {"content": content}).one_or_none() is None:
        row = {"hash": content, "site": site, "locale": locale, "content": text, "at": now}
        connection.execute(_KEEP, row)
