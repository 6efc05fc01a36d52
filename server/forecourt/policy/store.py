"""Releases in the database. They are appended; the database refuses to change or remove one."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select

from forecourt.db.tables import announcements, releases
from forecourt.policy.model import Policy, Release

_OF_SITE = select(releases).where(releases.c.site == bindparam("site"))
_LATEST = _OF_SITE.order_by(releases.c.number.desc()).limit(1)
_BY_NUMBER = _OF_SITE.where(releases.c.number == bindparam("number"))
_BEFORE = _LATEST.where(releases.c.published_at < bindparam("end"))
_HEAD = (
    select(releases.c.number, releases.c.sha256)
    .where(releases.c.site == bindparam("site"))
    .order_by(releases.c.number.desc())
    .limit(1)
)
_PUBLISHED_AT = select(releases.c.published_at).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_HEAD_BEFORE = _HEAD.where(releases.c.published_at < bindparam("end"))
_NUMBERS = (
    select(releases.c.number)
    .where(releases.c.site == bindparam("site"), releases.c.number < bindparam("before"))
    .order_by(releases.c.number.desc())
    .limit(bindparam("most"))
)
_CONTENT = select(releases.c.content).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_APPEND = insert(releases)
_TO_ANNOUNCE = insert(announcements)


def latest(connection: Connection, site: str) -> Release | None:
    return _one(connection.execute(_LATEST, {"site": site}).first())


def head(connection: Connection, site: str) -> tuple[int, str] | None:
    """Number and hash of the latest release, without reading it."""
    row = connection.execute(_HEAD, {"site": site}).first()
    return (row.number, row.sha256) if row else None


def by_number(connection: Connection, site: str, number: int) -> Release | None:
    return _one(connection.execute(_BY_NUMBER, {"site": site, "number": number}).first())


def by_day(connection: Connection, site: str, day: date) -> Release | None:
    """The last release that was published by the end of `day` (UTC)."""
    return _one(connection.execute(_BEFORE, {"site": site, "end": _end(day)}).first())


def number_by_day(connection: Connection, site: str, day: date) -> int | None:
    """As `by_day`, without reading it."""
    return connection.execute(_HEAD_BEFORE, {"site": site, "end": _end(day)}).scalar()


def published_at(connection: Connection, site: str, number: int) -> datetime | None:
    """When release `number` was published; None where there is none."""
    return connection.execute(_PUBLISHED_AT, {"site": site, "number": number}).scalar()


def _end(day: date) -> datetime:
    return (
        datetime.combine(day + timedelta(days=1), time(), UTC) if day < date.max else datetime.max.replace(tzinfo=UTC)
    )


def numbers(connection: Connection, site: str, before: int, most: int) -> list[int]:
    """Of the releases before number `before`, the newest first."""
    return list(connection.execute(_NUMBERS, {"site": site, "before": before, "most": most}).scalars())


def content(connection: Connection, site: str, number: int) -> str | None:
    """The canonical JSON that the release's `sha256` is of, as it was sealed."""
    return connection.execute(_CONTENT, {"site": site, "number": number}).scalar_one_or_none()


def append(connection: Connection, release: Release, sealed: str) -> None:
    """`sealed`: the canonical JSON that `release.sha256` is of."""
    row: dict[str, Any] = {column.name: getattr(release, column.name, None) for column in releases.columns}
    connection.execute(_APPEND, row | {"content": sealed})


def to_announce(connection: Connection, release: Release) -> None:
    """Followers are to be told of it; that is planned apart, piece by piece."""
    row = {"site": release.site, "release": release.number, "state": "planning", "after": "", "planned": 0}
    connection.execute(_TO_ANNOUNCE, row | {"at": release.published_at})


class _Sealed(msgspec.Struct):
    """What is sealed beside the row's own columns. 0.1.0 sealed the policy alone."""

    policy: Policy | None = None
    announced: dict[str, date] = {}
    standing: dict[str, int] = {}
    emergency: str = ""
    owed: dict[date, int] = {}


def _one(row: Row[Any] | None) -> Release | None:
    if row is None:
        return None
    kept = dict(row._mapping)
    raw = kept.pop("content")
    sealed = msgspec.json.decode(raw, type=_Sealed)
    policy = sealed.policy or msgspec.json.decode(raw, type=Policy)
    return Release(
        policy=policy,
        announced=sealed.announced,
        standing=sealed.standing,
        emergency=sealed.emergency,
        owed=sealed.owed,
        **kept,
    )
