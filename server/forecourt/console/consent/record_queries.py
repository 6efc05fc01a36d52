"""Records in SQL: pages of them, the newest first; one with all that is held on it; one by its receipt."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, or_, select, tuple_, type_coerce

from forecourt.console.consent.filters import RecordFilter
from forecourt.db.tables import IS_CHOICE, consent_details, consents, notices
from forecourt.digest import sha256_hex
from forecourt.link_secret import dated_digest

AT_ONCE = 50
OF_ONE_VISITOR = 20
_AT = type_coerce(consents.c.created_at, BigInteger)
_FROM_THE_END = (2**62, 2**62)


def _filter(name: str) -> Any:
    said = bindparam(f"of_{name}", type_=Text)
    return or_(said == "", consents.c[name] == said)


_PAGE = (
    select(consents, _AT.label("micros"))
    .where(
        consents.c.site == bindparam("of_site"),
        IS_CHOICE,
        consents.c.created_at >= bindparam("start"),
        consents.c.created_at < bindparam("end"),
        tuple_(_AT, consents.c.seq) < tuple_(bindparam("then", type_=BigInteger), bindparam("seq_then")),
        _filter("action"),
        _filter("locale"),
        _filter("source"),
    )
    .order_by(consents.c.created_at.desc(), consents.c.seq.desc())
    .limit(bindparam("most"))
)
_ONE = (
    select(consents, *(consent_details.c[name] for name in ("origin", "path", "address", "browser")), notices.c.content)
    .outerjoin(consent_details, consent_details.c.consent == consents.c.id)
    .outerjoin(notices, notices.c.hash == consents.c.notice_hash)
    .where(consents.c.id == bindparam("record"), consents.c.site == bindparam("of_site"))
)
_OF_RECEIPT = (
    select(consents.c.id)
    .join(consent_details, consent_details.c.consent == consents.c.id)
    .where(
        consent_details.c.receipt_hash.in_((bindparam("digest"), bindparam("undated"))),
        consents.c.site == bindparam("of_site"),
    )
)
_OF_VISITOR = (
    select(consents.c.id, consents.c.action, consents.c.created_at, consents.c.seq)
    .where(
        consents.c.visitor == bindparam("of_visitor"),
        consents.c.site == bindparam("of_site"),
        consents.c.kind.in_(("consent", "acknowledgement")),
    )
    .order_by(consents.c.seq.desc())
    .limit(OF_ONE_VISITOR)
)


def page(connection: Connection, site: str, asked: RecordFilter, most: int = AT_ONCE + 1) -> Sequence[Any]:
    then, seq = asked.before or _FROM_THE_END
    said = {"of_site": site, "start": asked.start, "end": asked.end, "then": then, "seq_then": seq, "most": most}
    said |= {"of_action": asked.action, "of_locale": asked.locale, "of_source": asked.source}
    return connection.execute(_PAGE, said).all()


def one(connection: Connection, site: str, record: str) -> Any | None:
    """Columns of consents; of its details, None where they were erased or never were; `content` of its notice."""
    return connection.execute(_ONE, {"record": record, "of_site": site}).one_or_none()


def named(connection: Connection, site: str, typed: str) -> str | None:
    """The id of the record that a record's id, a receipt's code, or the address of a receipt names."""
    if one(connection, site, typed):
        return typed
    code = typed.rstrip("/").rpartition("/")[2]
    kept = {"digest": dated_digest(code), "undated": sha256_hex(code)}
    return connection.execute(_OF_RECEIPT, kept | {"of_site": site}).scalar_one_or_none()


def of_visitor(connection: Connection, site: str, visitor: str) -> Sequence[Any]:
    """The newest first."""
    return connection.execute(_OF_VISITOR, {"of_visitor": visitor, "of_site": site}).all()
