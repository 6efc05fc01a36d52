"""Checks what records refer to: the notices that were shown and the releases in force, against their own hashes."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, select

from forecourt.db.tables import notices, releases

Reference = tuple[str, str, int | None]
"""A record's notice, by its hash, its site, and the number of its release."""
_NOTICES = select(notices.c.hash, notices.c.site, notices.c.locale, notices.c.content)
_RELEASES = select(releases).order_by(releases.c.site, releases.c.number)
_RELEASE_COLUMNS = ("site", "number", "previous", "published_at", "effective_at")


class _OwnColumns(msgspec.Struct):
    """Holds what a content says about its own columns. Older contents leave some out."""

    site: str | None = None
    locale: str | None = None
    number: int | None = None
    previous: str | None = None
    published_at: datetime | None = None
    effective_at: date | None = None


def find_faults(connection: Connection, references: set[Reference]) -> Iterator[str]:
    """Yields a sentence for each notice or release that was changed, or is missing."""
    yield from _check_notices(connection, {notice for notice, _, _ in references})
    yield from _check_releases(connection, {(site, release) for _, site, release in references if release})


def _check_notices(connection: Connection, hashes: set[str]) -> Iterator[str]:
    for row in connection.execute(_NOTICES):
        hashes.discard(row.hash)
        if not _is_intact(row.content, row.hash, site=row.site, locale=row.locale):
            yield f"notice {row.hash} was changed"
    yield from (f"notice {notice_hash} is missing" for notice_hash in sorted(hashes))


def _check_releases(connection: Connection, numbers: set[tuple[str, int]]) -> Iterator[str]:
    newest_hashes: dict[str, str] = {}
    for row in connection.execute(_RELEASES):
        numbers.discard((row.site, row.number))
        follows = row.previous == newest_hashes.get(row.site)
        newest_hashes[row.site] = row.sha256
        columns = {name: getattr(row, name) for name in _RELEASE_COLUMNS}
        if not follows or not _is_intact(row.content, row.sha256, **columns):
            yield f"release {row.number} of {row.site} was changed, or the one before it"
    yield from (f"release {number} of {site} is missing" for site, number in sorted(numbers))


def _is_intact(content: str, expected_hash: str, **columns: object) -> bool:
    """Returns whether `content` has its hash, and says of itself what its columns say."""
    if sha256(content.encode()).hexdigest() != expected_hash:
        return False
    try:
        own_columns = msgspec.json.decode(content, type=_OwnColumns)
    except msgspec.MsgspecError:
        return False
    return all(getattr(own_columns, name) in (None, value) for name, value in columns.items())
