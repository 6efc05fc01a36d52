"""Releases in the database. They are appended; the database refuses to change or remove one."""

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select

from forecourt.db.tables import releases
from forecourt.policy.model import Policy, Release

_OF_SITE = select(releases).where(releases.c.site == bindparam("site"))
_LATEST = _OF_SITE.order_by(releases.c.number.desc()).limit(1)
_BY_NUMBER = _OF_SITE.where(releases.c.number == bindparam("number"))
_APPEND = insert(releases)


def latest(connection: Connection, site: str) -> Release | None:
    row = connection.execute(_LATEST, {"site": site}).first()
    return _release(row) if row else None


def by_number(connection: Connection, site: str, number: int) -> Release | None:
    row = connection.execute(_BY_NUMBER, {"site": site, "number": number}).first()
    return _release(row) if row else None


def append(connection: Connection, release: Release, content: str) -> None:
    """`content`: the canonical JSON that `release.sha256` is of."""
    row = {column.name: getattr(release, column.name, None) for column in releases.columns}
    connection.execute(_APPEND, {**row, "content": content})


def _release(row: Row[tuple[object, ...]]) -> Release:
    kept = dict(row._mapping)
    return Release(policy=msgspec.json.decode(kept.pop("content"), type=Policy), **kept)
