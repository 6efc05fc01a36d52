"""Reads and appends consents in SQL. Nothing here updates or deletes a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, select

from forecourt.consent.offer import Notice
from forecourt.consent.record import ACKNOWLEDGE, Action, ConsentRecord, RecordKind, RequestMetadata, StoredConsent
from forecourt.db.prepared_insert import PreparedInsert
from forecourt.db.tables import consent_details, consents, notices, visitors

_CONSENT, _ACKNOWLEDGEMENT = str(RecordKind.CONSENT), str(RecordKind.ACKNOWLEDGEMENT)
"""The kinds as plain strings: SQLite's driver takes several times as long for a subclass of str."""
_RECORD = (
    consents.c.id,
    consents.c.action,
    consents.c.purposes,
    consents.c.privacy_policy,
    consents.c.notice_hash,
    consents.c.terms,
    consents.c.locale,
    consents.c.created_at,
    consents.c.carried_over,
)
"""The columns of a `ConsentRecord`, in its order."""
_OF_KIND = consents.c.visitor == bindparam("visitor"), consents.c.kind == bindparam("kind")
_NEWEST = select(*_RECORD).where(*_OF_KIND).order_by(consents.c.seq.desc()).limit(1)
_WHOLE_NEWEST = select(consents).where(*_OF_KIND).order_by(consents.c.seq.desc()).limit(1)
_ACKNOWLEDGED = select(consents.c.seq).where(*_OF_KIND, consents.c.privacy_policy == bindparam("version")).limit(1)
_BY_KEY = (
    select(consents, *(consent_details.c[name] for name in ("salt", "origin", "address", "browser")))
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .where(consents.c.site == bindparam("site"), consents.c.idempotency_key == bindparam("digest"))
)
_BY_RECEIPT = (
    select(consents, notices.c.content)
    .join(consent_details, consent_details.c.consent == consents.c.id)
    .outerjoin(notices, notices.c.hash == consents.c.notice_hash)
    .where(
        consent_details.c.receipt_hash.in_(bindparam("digests", expanding=True)),
        consents.c.site == bindparam("site"),
    )
)
_VISITOR = select(visitors.c.id).where(visitors.c.id == bindparam("visitor"))
_SHARED = _VISITOR.with_for_update(read=True)
_EXCLUSIVE = _VISITOR.with_for_update()
_NOTICE = select(notices.c.hash, notices.c.site, notices.c.locale, notices.c.content, notices.c.created_at).where(
    notices.c.hash == bindparam("hash")
)
_ANSWERED = (
    select(notices.c.content)
    .join(consents, consents.c.notice_hash == notices.c.hash)
    .group_by(notices.c.hash, notices.c.content)
    .where(
        consents.c.visitor == select(consents.c.visitor).where(consents.c.id == bindparam("record")).scalar_subquery(),
        consents.c.kind == RecordKind.CONSENT,
    )
    .order_by(func.max(consents.c.seq).desc())
    .limit(20)
)
_ADD_VISITOR = PreparedInsert(visitors)
_ADD_CONSENT = PreparedInsert(consents)
_ADD_DETAILS = PreparedInsert(consent_details)
_ADD_NOTICE = insert(notices)


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """Holds the row of a notice that was shown since `created_at`. The fields are those of `Notice`."""

    hash: str
    site: str
    locale: str
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentDetails:
    """Holds the row beside a consent that can be deleted. `receipt_hash` is the digest of the receipt's secret."""

    consent: str
    salt: str
    metadata: RequestMetadata
    receipt_hash: str


@dataclass(frozen=True, slots=True)
class KeyedConsent:
    """Holds a consent that was found by its idempotency key, and its details, which are None where they were erased."""

    record: StoredConsent
    salt: str | None
    origin: str | None
    address: str | None
    browser: str | None


@dataclass(frozen=True, slots=True)
class ReceiptedConsent:
    """Holds a consent that was found by its receipt, and the content of its notice, or None where that is gone."""

    record: StoredConsent
    notice_content: str | None


def lock_shared(connection: Connection, visitor: str) -> None:
    """Keeps the visitor's choice as it is until this transaction ends."""
    _lock(connection, _SHARED, visitor)


def lock_exclusive(connection: Connection, visitor: str) -> None:
    """Waits until no other transaction relies on the visitor's choice, and makes later ones wait for this one."""
    _lock(connection, _EXCLUSIVE, visitor)


def find_newest(connection: Connection, visitor: str) -> ConsentRecord | None:
    """Returns the visitor's newest choice. An acknowledgement of the privacy policy is none."""
    row = connection.execute(_NEWEST, {"visitor": visitor, "kind": _CONSENT}).one_or_none()
    return ConsentRecord(row[0], Action(row[1]), *row[2:]) if row else None


def find_whole_newest(connection: Connection, visitor: str) -> StoredConsent | None:
    """Returns all of the visitor's newest choice."""
    values = {"visitor": visitor, "kind": _CONSENT}
    row = connection.execute(_WHOLE_NEWEST, values).mappings().one_or_none()
    return _stored_consent(row) if row else None


def is_acknowledged(connection: Connection, visitor: str, version: str) -> bool:
    """Returns whether the visitor acknowledged this version of the privacy policy."""
    values = {"visitor": visitor, "kind": _ACKNOWLEDGEMENT, "version": version}
    return connection.execute(_ACKNOWLEDGED, values).one_or_none() is not None


def find_by_key(connection: Connection, site: str, digest: str) -> KeyedConsent | None:
    """Returns the consent that was stored with an idempotency key. `digest` is the key's."""
    row = connection.execute(_BY_KEY, {"site": site, "digest": digest}).mappings().one_or_none()
    if row is None:
        return None
    return KeyedConsent(_stored_consent(row), row["salt"], row["origin"], row["address"], row["browser"])


def find_by_receipt(connection: Connection, site: str, digests: Sequence[str]) -> ReceiptedConsent | None:
    """Returns the consent whose receipt has one of the digests."""
    row = connection.execute(_BY_RECEIPT, {"site": site, "digests": digests}).mappings().first()
    return ReceiptedConsent(_stored_consent(row), row["content"]) if row else None


def add_visitor(connection: Connection, visitor: str, site: str, now: datetime) -> None:
    _ADD_VISITOR(connection, {"id": visitor, "site": site, "created_at": now})


def append(connection: Connection, record: StoredConsent, details: ConsentDetails | None = None) -> None:
    _ADD_CONSENT(connection, _columns(record))
    if details:
        _ADD_DETAILS(connection, _details_columns(details))


def append_acknowledgement(connection: Connection, identity: str, choice: StoredConsent) -> None:
    """Appends, with the id `identity`, that the privacy policy was read along with `choice`.

    This is a record of its own, since reading the policy is no consent: it answers for no purpose.
    """
    row = _columns(choice) | {"id": identity, "kind": _ACKNOWLEDGEMENT, "action": ACKNOWLEDGE}
    row |= {
        "offered": [],
        "purposes": {},
        "terms": {},
        "signals": {},
        "carried_over": {},
        "idempotency_key": None,
        "commitment": "",
    }
    _ADD_CONSENT(connection, row)


def add_missing_notices(connection: Connection, shown_notices: Iterable[Notice], now: datetime) -> None:
    """Adds those notices that are not stored yet."""
    for notice in shown_notices:
        if not find_notice(connection, notice.hash):
            row = {"hash": notice.hash, "site": notice.site, "locale": notice.locale, "content": notice.content}
            connection.execute(_ADD_NOTICE, row | {"created_at": now})


def find_notice(connection: Connection, notice_hash: str) -> StoredNotice | None:
    row = connection.execute(_NOTICE, {"hash": notice_hash}).one_or_none()
    return StoredNotice(*row) if row else None


def find_answered_contents(connection: Connection, record: str) -> Sequence[str]:
    """Returns the contents of the last notices that the visitor of a record answered, the newest first."""
    return connection.execute(_ANSWERED, {"record": record}).scalars().all()


def _lock(connection: Connection, statement: Select[tuple[str]], visitor: str) -> None:
    if connection.dialect.name != "sqlite":  # which has one writer and needs no lock
        connection.execute(statement, {"visitor": visitor})


def _stored_consent(row: RowMapping) -> StoredConsent:
    return StoredConsent(
        id=row["id"],
        action=Action(row["action"]),
        purposes=row["purposes"],
        privacy_policy=row["privacy_policy"],
        notice_hash=row["notice_hash"],
        terms=row["terms"],
        locale=row["locale"],
        created_at=row["created_at"],
        carried_over=row["carried_over"],
        visitor=row["visitor"],
        site=row["site"],
        offered=row["offered"],
        release=row["release"],
        source=row["source"],
        gesture=row["gesture"],
        signals=row["signals"],
        idempotency_key=row["idempotency_key"],
        commitment=row["commitment"],
    )


def _columns(record: StoredConsent) -> dict[str, object]:
    return {
        "id": record.id,
        "kind": _CONSENT,
        "visitor": record.visitor,
        "site": record.site,
        "action": str(record.action),
        "offered": record.offered,
        "purposes": record.purposes,
        "privacy_policy": record.privacy_policy,
        "notice_hash": record.notice_hash,
        "terms": record.terms,
        "locale": record.locale,
        "release": record.release,
        "source": str(record.source),
        "gesture": str(record.gesture),
        "signals": record.signals,
        "idempotency_key": record.idempotency_key,
        "carried_over": record.carried_over,
        "commitment": record.commitment,
        "created_at": record.created_at,
    }


def _details_columns(details: ConsentDetails) -> dict[str, object]:
    metadata = details.metadata
    return {
        "consent": details.consent,
        "salt": details.salt,
        "origin": metadata.origin,
        "address": metadata.address,
        "browser": metadata.browser,
        "path": metadata.path,
        "receipt_hash": details.receipt_hash,
    }
