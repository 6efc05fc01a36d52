"""This module stores releases. They are appended; the database refuses to change or remove one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from forecourt.db.log_queue import LeafKind, queue_record
from forecourt.db.tables import announcements, releases
from forecourt.policy.model import Policy, Release

_OF_SITE = select(releases).where(releases.c.site == bindparam("site"))
_LATEST = _OF_SITE.order_by(releases.c.number.desc()).limit(1)
_BY_NUMBER = _OF_SITE.where(releases.c.number == bindparam("number"))
_HEAD = (
    select(releases.c.number, releases.c.sha256)
    .where(releases.c.site == bindparam("site"))
    .order_by(releases.c.number.desc())
    .limit(1)
)
_HEAD_BEFORE = _HEAD.where(releases.c.published_at < bindparam("end"))
_PUBLISHED_AT = select(releases.c.published_at).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_NUMBERS = (
    select(releases.c.number)
    .where(releases.c.site == bindparam("site"), releases.c.number < bindparam("before"))
    .order_by(releases.c.number.desc())
    .limit(bindparam("limit"))
)
_CONTENT = select(releases.c.content).where(
    releases.c.site == bindparam("site"), releases.c.number == bindparam("number")
)
_PUBLISHED_SITES = select(releases.c.site).where(
    releases.c.site.in_(bindparam("sites", expanding=True)), releases.c.number == 1
)
_INSERT = insert(releases)
_QUEUE_ANNOUNCEMENT = insert(announcements)


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """Identifies a release without its content."""

    number: int
    sha256: str


def find_latest(connection: Connection, site: str) -> Release | None:
    return _to_release(connection.execute(_LATEST, {"site": site}).mappings().first())


def find_head(connection: Connection, site: str) -> ReleaseHead | None:
    """Returns the latest release's number and hash."""
    row = connection.execute(_HEAD, {"site": site}).first()
    return ReleaseHead(row.number, row.sha256) if row else None


def list_unpublished(connection: Connection, sites: Iterable[str]) -> list[str]:
    """Returns those of the sites that have no release, by name."""
    names = sorted(sites)
    published = set(connection.execute(_PUBLISHED_SITES, {"sites": names}).scalars())
    return [name for name in names if name not in published]


def find_by_number(connection: Connection, site: str, number: int) -> Release | None:
    return _to_release(connection.execute(_BY_NUMBER, {"site": site, "number": number}).mappings().first())


def find_number_by_day(connection: Connection, site: str, day: date) -> int | None:
    """Returns the number of the last release that was published by the end of `day` (UTC)."""
    number: int | None = connection.execute(_HEAD_BEFORE, {"site": site, "end": _end_of(day)}).scalar()
    return number


def find_published_at(connection: Connection, site: str, number: int) -> datetime | None:
    """Returns when release `number` was published; None where there is none."""
    moment: datetime | None = connection.execute(_PUBLISHED_AT, {"site": site, "number": number}).scalar()
    return moment


def _end_of(day: date) -> datetime:
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def list_numbers(connection: Connection, site: str, before: int, limit: int) -> list[int]:
    """Returns the numbers of at most `limit` releases before number `before`, the newest first."""
    return list(connection.execute(_NUMBERS, {"site": site, "before": before, "limit": limit}).scalars())


def find_content(connection: Connection, site: str, number: int) -> str | None:
    """Returns the canonical JSON that the release's `sha256` is of, as it was sealed."""
    content: str | None = connection.execute(_CONTENT, {"site": site, "number": number}).scalar_one_or_none()
    return content


def insert_release(connection: Connection, release: Release, content: str) -> None:
    """Appends a release, to be sealed. `content` is the canonical JSON that `release.sha256` is of."""
    row: dict[str, object] = {column.name: getattr(release, column.name, None) for column in releases.columns}
    connection.execute(_INSERT, row | {"content": content})
    queue_record(connection, LeafKind.RELEASE, release.site, release.number)


def queue_announcement(connection: Connection, release: Release) -> None:
    """Queues telling the followers of `release`; their notices are written later, some at a time."""
    row = {
        "site": release.site,
        "release": release.number,
        "state": "planning",
        "last_follower": "",
        "notices_planned": 0,
        "created_at": release.published_at,
    }
    connection.execute(_QUEUE_ANNOUNCEMENT, row)


class _SealedContent(msgspec.Struct):
    """Holds what `content` has beside the row's own columns. Version 0.1.0 sealed the policy alone."""

    policy: Policy | None = None
    announced: dict[str, date] = {}
    releases_in_force: dict[str, int] = msgspec.field(name="standing", default_factory=dict)
    emergency: str = ""
    binding_notice_days: dict[date, int] = msgspec.field(name="owed", default_factory=dict)


def _to_release(row: RowMapping | None) -> Release | None:
    if row is None:
        return None
    sealed = msgspec.json.decode(row["content"], type=_SealedContent)
    return Release(
        site=row["site"],
        number=row["number"],
        sha256=row["sha256"],
        previous=row["previous"],
        published_at=row["published_at"],
        effective_at=row["effective_at"],
        policy=sealed.policy or msgspec.json.decode(row["content"], type=Policy),
        announced=sealed.announced,
        releases_in_force=sealed.releases_in_force,
        emergency=sealed.emergency,
        binding_notice_days=sealed.binding_notice_days,
    )
