"""What records point to: the words that were shown and the releases that stood, held against their own hashes."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, select

from forecourt.db.tables import notices, releases

Shown = tuple[str, str, int | None]
"""A record's notice, site and release."""
_NOTICES = select(notices.c.hash, notices.c.site, notices.c.locale, notices.c.content)
_RELEASES = select(releases).order_by(releases.c.site, releases.c.number)


_COLUMNS = ("site", "number", "previous", "published_at", "effective_at")


class _Said(msgspec.Struct):
    """What a content says of itself, where it does."""

    site: str | None = None
    locale: str | None = None
    number: int | None = None
    previous: str | None = None
    published_at: datetime | None = None
    effective_at: date | None = None


def faults(connection: Connection, shown: set[Shown]) -> Iterator[str]:
    yield from _of_notices(connection, {notice for notice, _, _ in shown})
    yield from _of_releases(connection, {(site, release) for _, site, release in shown if release})


def _of_notices(connection: Connection, wanted: set[str]) -> Iterator[str]:
    for row in connection.execute(_NOTICES):
        wanted.discard(row.hash)
        if not _is_whole(row.content, row.hash, site=row.site, locale=row.locale):
            yield f"notice {row.hash} was changed"
    yield from (f"notice {each} is missing" for each in sorted(wanted))


def _of_releases(connection: Connection, wanted: set[tuple[str, int]]) -> Iterator[str]:
    before: dict[str, str] = {}
    for row in connection.execute(_RELEASES):
        wanted.discard((row.site, row.number))
        is_next = row.previous == before.get(row.site)
        before[row.site] = row.sha256
        if not is_next or not _is_whole(row.content, row.sha256, **{name: getattr(row, name) for name in _COLUMNS}):
            yield f"release {row.number} of {row.site} was changed, or the one before it"
    yield from (f"release {number} of {site} is missing" for site, number in sorted(wanted))


def _is_whole(content: str, wanted: str, **columns: object) -> bool:
    if sha256(content.encode()).hexdigest() != wanted:
        return False
    try:
        said = msgspec.json.decode(content, type=_Said)
    except msgspec.MsgspecError:
        return False
    return all(getattr(said, name) in (None, value) for name, value in columns.items())
