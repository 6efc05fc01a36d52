"""Consents in SQL. Rows are appended; nothing here updates or deletes one."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from forecourt.consent.model import ConsentRecord, Notice
from forecourt.db.prepared_insert import Insert
from forecourt.db.tables import consent_details, consents, notices, visitors

_RECORD = [consents.c[each.name] for each in fields(ConsentRecord)]
_OF_KIND = consents.c.visitor == bindparam("visitor"), consents.c.kind == bindparam("kind")
_LATEST = select(*_RECORD).where(*_OF_KIND).order_by(consents.c.seq.desc()).limit(1)
_ACKNOWLEDGED = select(consents.c.seq).where(*_OF_KIND, consents.c.privacy_policy == bindparam("version")).limit(1)
_BY_KEY = (
    select(consents, *(consent_details.c[name] for name in ("salt", "origin", "address", "browser")))
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .where(consents.c.site == bindparam("site"), consents.c.key == bindparam("digest"))
)
_VISITOR = select(visitors.c.id).where(visitors.c.id == bindparam("visitor"))
_SHARED = _VISITOR.with_for_update(read=True)
_ALONE = _VISITOR.with_for_update()
_NOTICE = select(notices.c.hash, notices.c.site, notices.c.locale, notices.c.content, notices.c.at).where(
    notices.c.hash == bindparam("hash")
)
_ANSWERED = (
    select(notices.c.content)
    .join(consents, consents.c.notice_hash == notices.c.hash)
    .group_by(notices.c.hash, notices.c.content)
    .where(
        consents.c.visitor == select(consents.c.visitor).where(consents.c.id == bindparam("record")).scalar_subquery(),
        consents.c.kind == "consent",
    )
    .order_by(func.max(consents.c.seq).desc())
    .limit(20)
)
_ADD_VISITOR = Insert(visitors)
_ADD_CONSENT = Insert(consents)
_ADD_DETAILS = Insert(consent_details)
_ADD_NOTICE = insert(notices)


def lock_shared(connection: Connection, visitor: str) -> None:
    """Until this transaction ends, the visitor's choice stays as it is. SQLite has one writer and needs no lock."""
    connection.execute(_SHARED, {"visitor": visitor})


def lock_alone(connection: Connection, visitor: str) -> None:
    """Wait until no transaction relies on the visitor's choice any more, and keep the next ones waiting."""
    connection.execute(_ALONE, {"visitor": visitor})


def latest(connection: Connection, visitor: str) -> ConsentRecord | None:
    """The newest choice; an acknowledgement of the privacy policy is none."""
    row = connection.execute(_LATEST, {"visitor": visitor, "kind": "consent"}).one_or_none()
    return ConsentRecord(*row) if row else None


def is_acknowledged(connection: Connection, visitor: str, version: str) -> bool:
    found = {"visitor": visitor, "kind": "acknowledgement", "version": version}
    return connection.execute(_ACKNOWLEDGED, found).one_or_none() is not None


def by_key(connection: Connection, site: str, digest: str) -> Any | None:
    """All of the record and its details, which are None where they were erased; or None."""
    return connection.execute(_BY_KEY, {"site": site, "digest": digest}).one_or_none()


def add_visitor(connection: Connection, row: dict[str, Any]) -> None:
    _ADD_VISITOR(connection, row)


def append(connection: Connection, record: dict[str, Any], details: dict[str, Any] | None) -> None:
    _ADD_CONSENT(connection, record)
    if details:
        _ADD_DETAILS(connection, details)


def keep_notices(connection: Connection, made: list[Notice], at: Any) -> None:
    """Adds those that are not kept yet."""
    for notice in made:
        if not connection.execute(_NOTICE, {"hash": notice.hash}).one_or_none():
            row = {"hash": notice.hash, "site": notice.site, "locale": notice.locale, "content": notice.content}
            connection.execute(_ADD_NOTICE, row | {"at": at})


def notice(connection: Connection, notice_hash: str) -> Any | None:
    """Columns hash, site, locale, content, at; or None."""
    return connection.execute(_NOTICE, {"hash": notice_hash}).one_or_none()


def answered(connection: Connection, record: str) -> Sequence[str]:
    """Contents of the last notices that the visitor of a record answered, the newest first."""
    return connection.execute(_ANSWERED, {"record": record}).scalars().all()
