"""Reads and writes requests to follow, followers, announcements of releases, and change notices."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from forecourt.db.log_queue import LeafKind, queue_record
from forecourt.db.tables import (
    announcements,
    change_notice_details,
    change_notices,
    follow_requests,
    followers,
    notices,
    one_time_links,
)
from forecourt.followers.links import CONFIRMATION_LINK
from forecourt.followers.model import (
    Announcement,
    AnnouncementState,
    ChangeNoticeRecord,
    Follower,
    FollowerState,
    FollowPreferences,
    FollowRequest,
)
from forecourt.policy.model import Audience

_PREFERENCES = [field.name for field in fields(FollowPreferences)]

_ONE_REQUEST = follow_requests.c.id == bindparam("request")
_SELECT_REQUESTS = select(
    *(follow_requests.c[name] for name in (*_PREFERENCES, "id", "site", "email", "confirmation_sent_at"))
)
_SELECT_REQUEST = _SELECT_REQUESTS.where(_ONE_REQUEST)
_SELECT_REQUESTS_OF_ADDRESS = _SELECT_REQUESTS.where(
    follow_requests.c.site == bindparam("of_site"), follow_requests.c.email == bindparam("address")
)
_INSERT_REQUEST = insert(follow_requests)
_SET_CONFIRMATION_SENT = update(follow_requests).where(_ONE_REQUEST).values(confirmation_sent_at=bindparam("now"))
_DELETE_REQUEST = delete(follow_requests).where(_ONE_REQUEST)
_REDIRECT_LINKS = (
    update(one_time_links)
    .where(one_time_links.c.purpose == CONFIRMATION_LINK, one_time_links.c.subject == bindparam("request"))
    .values(subject=bindparam("follower"), used_at=bindparam("now"))
)

_OF_SITE = followers.c.site == bindparam("of_site")
_ONE = followers.c.id == bindparam("follower")
_CONFIRMED = followers.c.state == FollowerState.CONFIRMED
_COLUMNS = [*_PREFERENCES, *(field.name for field in fields(Follower) if field.name != "preferences")]
_SELECT = select(*(followers.c[name] for name in _COLUMNS))
_SELECT_BY_ADDRESS = _SELECT.where(_OF_SITE, followers.c.email == bindparam("address"))
_SELECT_ONE = _SELECT.where(_ONE)
_INSERT = insert(followers)
_CONFIRM = (
    update(followers)
    .where(_ONE)
    .values(
        {name: bindparam(f"new_{name}") for name in (*_PREFERENCES, "webhook_secret", "state", "confirmed_at")}
        | {"left_at": None}
    )
)
_CHANGE_PREFERENCES = (
    update(followers)
    .where(_ONE, _CONFIRMED)
    .values({name: bindparam(f"new_{name}") for name in _PREFERENCES if name != "webhook"})
)
_LEAVE = (
    update(followers)
    .where(_ONE, _CONFIRMED)
    .values(state=FollowerState.LEFT, left_at=bindparam("now"), webhook="", webhook_secret="")
)
_REMOVE_WEBHOOK = (
    update(followers).where(_ONE, followers.c.webhook == bindparam("address")).values(webhook="", webhook_secret="")
)
_SELECT_PREFERENCES = select(*(followers.c[name] for name in _PREFERENCES)).where(_OF_SITE, _CONFIRMED)
_SELECT_RECIPIENTS = (
    _SELECT.where(_OF_SITE, _CONFIRMED)
    .where(followers.c.id > bindparam("after_id"), followers.c.confirmed_at <= bindparam("published"))
    .order_by(followers.c.id)
    .limit(bindparam("most"))
)

_THIS = (announcements.c.site == bindparam("of_site")) & (announcements.c.release == bindparam("number"))
_SELECT_PENDING = (
    select(*(announcements.c[field.name] for field in fields(Announcement)))
    .where(announcements.c.state == AnnouncementState.PLANNING)
    .order_by(announcements.c.created_at, announcements.c.release)
)
_SELECT_THIS_PENDING = _SELECT_PENDING.where(_THIS)
_SELECT_FOR_UPDATE = _SELECT_THIS_PENDING.with_for_update(skip_locked=True)
_ADVANCE = (
    update(announcements)
    .where(_THIS)
    .values(
        state=bindparam("new_state"),
        last_follower=bindparam("last_id"),
        notices_planned=announcements.c.notices_planned + bindparam("more"),
    )
)

_SELECT_NOTIFIED = select(change_notices.c.follower).where(
    change_notices.c.site == bindparam("of_site"),
    change_notices.c.release == bindparam("number"),
    change_notices.c.follower.in_(bindparam("among", expanding=True)),
)
_SELECT_NOTICES_SINCE = select(change_notices.c.id).where(
    change_notices.c.follower == bindparam("follower"), change_notices.c.created_at > bindparam("since")
)
_SELECT_FOLLOWER_OF_NOTICE = select(change_notices.c.follower).where(change_notices.c.id == bindparam("notice"))
_INSERT_NOTICE = insert(change_notices)
_INSERT_DETAILS = insert(change_notice_details)
_SELECT_WORDS = select(notices.c.hash).where(notices.c.hash == bindparam("content"))
_INSERT_WORDS = insert(notices)


def find_request(connection: Connection, request: str) -> FollowRequest | None:
    row = connection.execute(_SELECT_REQUEST, {"request": request}).mappings().one_or_none()
    return _to_request(row) if row else None


def find_same_request(connection: Connection, request: FollowRequest) -> FollowRequest | None:
    """Finds the stored request that wants the same for the same address."""
    values = {"of_site": request.site, "address": request.email}
    rows = connection.execute(_SELECT_REQUESTS_OF_ADDRESS, values).mappings()  # few: each was mailed
    requests = (_to_request(row) for row in rows)
    return next((stored for stored in requests if stored.preferences == request.preferences), None)


def store_request(connection: Connection, request: FollowRequest) -> None:
    """Stores the request, or, where it is stored already, only when a link was last mailed for it."""
    values = {"request": request.id, "now": request.confirmation_sent_at}
    if not connection.execute(_SET_CONFIRMATION_SENT, values).rowcount:
        connection.execute(_INSERT_REQUEST, _to_row(request))


def take_request(connection: Connection, request: str) -> bool:
    """Deletes a request that is being confirmed. Returns False where another transaction has just done so."""
    return bool(connection.execute(_DELETE_REQUEST, {"request": request}).rowcount)


def redirect_links(connection: Connection, request: str, follower: str, now: datetime) -> None:
    """Marks the links of a confirmed request as used, and leads them to the follower."""
    connection.execute(_REDIRECT_LINKS, {"request": request, "follower": follower, "now": now})


def find_by_address(connection: Connection, site: str, email: str) -> Follower | None:
    """Finds the follower by the address in lower case, as it is stored."""
    row = connection.execute(_SELECT_BY_ADDRESS, {"of_site": site, "address": email}).mappings().one_or_none()
    return _to_follower(row) if row else None


def find_follower(connection: Connection, follower: str) -> Follower | None:
    row = connection.execute(_SELECT_ONE, {"follower": follower}).mappings().one_or_none()
    return _to_follower(row) if row else None


def store_follower(connection: Connection, follower: Follower) -> None:
    """Stores a confirmed follower, in place of the row with the same id where there is one."""
    row = _to_row(follower)
    values = {f"new_{name}": value for name, value in row.items()}
    if not connection.execute(_CONFIRM, values | {"follower": follower.id}).rowcount:
        connection.execute(_INSERT, row)


def change_preferences(connection: Connection, follower: str, preferences: FollowPreferences) -> bool:
    """Stores all preferences but the webhook. Returns False where the follower has stopped following."""
    values: dict[str, object] = {"new_locale": preferences.locale, "new_region": preferences.region}
    values |= {"new_products": list(preferences.products), "follower": follower}
    return bool(connection.execute(_CHANGE_PREFERENCES, values).rowcount)


def leave(connection: Connection, follower: str, now: datetime) -> None:
    """Stores that a confirmed follower stopped following, and deletes the webhook."""
    connection.execute(_LEAVE, {"follower": follower, "now": now})


def remove_webhook(connection: Connection, notice: str, url: str) -> None:
    """Deletes this webhook of the follower who got `notice`. One that was set since has another URL and stays."""
    follower = connection.execute(_SELECT_FOLLOWER_OF_NOTICE, {"notice": notice}).scalar_one_or_none()
    connection.execute(_REMOVE_WEBHOOK, {"follower": follower, "address": url})


def iterate_preferences(connection: Connection, site: str) -> Iterator[FollowPreferences]:
    """Yields the preferences of each confirmed follower."""
    for row in connection.execute(_SELECT_PREFERENCES, {"of_site": site}).mappings():
        yield _to_preferences(row)


def find_recipients(connection: Connection, site: str, after: str, published_at: datetime, most: int) -> list[Follower]:
    """Returns the next followers in order of id, of those who were confirmed when the release was published."""
    values = {"of_site": site, "after_id": after, "published": published_at, "most": most}
    return [_to_follower(row) for row in connection.execute(_SELECT_RECIPIENTS, values).mappings()]


def find_pending_announcements(connection: Connection) -> list[Announcement]:
    """Returns the announcements of which not every follower has a notice yet, the oldest first."""
    return [Announcement(**row) for row in connection.execute(_SELECT_PENDING).mappings()]


def find_pending_announcement(connection: Connection, site: str, release: int) -> Announcement | None:
    row = connection.execute(_SELECT_THIS_PENDING, {"of_site": site, "number": release}).mappings().one_or_none()
    return Announcement(**row) if row else None


def lock_pending_announcement(connection: Connection, site: str, release: int) -> Announcement | None:
    """Returns the announcement, locked. None where it is planned, or another process has it locked."""
    row = connection.execute(_SELECT_FOR_UPDATE, {"of_site": site, "number": release}).mappings().one_or_none()
    return Announcement(**row) if row else None


def advance(connection: Connection, announcement: Announcement, last: str, count: int, is_done: bool) -> None:
    """Stores that `count` more notices are planned, up to the follower `last`."""
    state = AnnouncementState.PLANNED if is_done else AnnouncementState.PLANNING
    key = {"of_site": announcement.site, "number": announcement.release}
    connection.execute(_ADVANCE, key | {"new_state": state, "last_id": last, "more": count})


def find_notified(connection: Connection, site: str, release: int, among: list[str]) -> set[str]:
    """Returns those of these followers that have a notice of the release."""
    values = {"of_site": site, "number": release, "among": among}
    return set(connection.execute(_SELECT_NOTIFIED, values).scalars())


def add_notice(connection: Connection, record: ChangeNoticeRecord, salt: str, recipient: str) -> None:
    """Appends the notice, to be sealed, and the personal values that it commits to."""
    connection.execute(_INSERT_NOTICE, asdict(record))
    queue_record(connection, LeafKind.CHANGE_NOTICE, record.id)
    connection.execute(_INSERT_DETAILS, {"notice": record.id, "salt": salt, "recipient": recipient})


def find_notices_since(connection: Connection, follower: str, since: datetime) -> list[str]:
    """Returns the ids of the follower's notices that are newer than `since`."""
    return list(connection.execute(_SELECT_NOTICES_SINCE, {"follower": follower, "since": since}).scalars())


def add_words(connection: Connection, site: str, locale: str, content: str, text: str, now: datetime) -> None:
    """Stores a notice's exact words under their hash, unless they are stored already."""
    if connection.execute(_SELECT_WORDS, {"content": content}).one_or_none() is None:
        row = {"hash": content, "site": site, "locale": locale, "content": text, "created_at": now}
        connection.execute(_INSERT_WORDS, row)


def _to_row(entry: FollowRequest | Follower) -> dict[str, object]:
    preferences = asdict(entry.preferences) | {"products": list(entry.preferences.products)}
    return {name: value for name, value in asdict(entry).items() if name != "preferences"} | preferences


def _to_request(row: RowMapping) -> FollowRequest:
    return FollowRequest(row["id"], row["site"], row["email"], _to_preferences(row), row["confirmation_sent_at"])


def _to_follower(row: RowMapping) -> Follower:
    rest = {name: row[name] for name in _COLUMNS if name not in _PREFERENCES}
    return Follower(**{**rest, "state": FollowerState(row["state"]), "preferences": _to_preferences(row)})


def _to_preferences(row: RowMapping) -> FollowPreferences:
    region = Audience(row["region"]) if row["region"] else None
    return FollowPreferences(row["locale"], region, tuple(row["products"]), row["webhook"])
