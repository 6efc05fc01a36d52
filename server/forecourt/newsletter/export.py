"""Exports subscribers, each with the proof that its owner agreed (GDPR 7(1)).

A subscription by double opt-in rests on a consent record. The export names the record, with the words that were shown,
out of the notice whose hash the record holds. One that an agent added holds what the agent wrote down.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, RowMapping, bindparam, select

from forecourt import clock
from forecourt.consent.notice_content import NoticeContent, read_content
from forecourt.db.database import Database
from forecourt.db.tables import consents, notices, subscribers
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

PAGE_SIZE = 500  # subscribers read at once
FEATURE = "newsletter"

_CONSENT = ("created_at", "notice_hash", "privacy_policy", "source", "gesture")
_SELECT_PAGE = (
    select(
        *(subscribers.c[name] for name in ("id", "email", "locale", "confirmed_at", "consent", "proof", "added_by")),
        *(consents.c[name].label(f"consent_{name}") for name in _CONSENT),
    )
    .join_from(subscribers, consents, consents.c.id == subscribers.c.consent, isouter=True)
    .where(subscribers.c.site == bindparam("of_site"), subscribers.c.id > bindparam("after"))
    .order_by(subscribers.c.id)
    .limit(PAGE_SIZE)
)
_SELECT_NOTICES = select(notices.c.hash, notices.c.content).where(
    notices.c.hash.in_(bindparam("hashes", expanding=True))
)


@dataclass(frozen=True, slots=True)
class OptInProof:
    """Proves that somebody agreed. Times are in UTC; `words` are those that stood on the page.

    For a subscriber whom an agent added, `statement` and `added_by` are filled, and the rest is empty.
    """

    consent: str
    consented_at: str
    notice_hash: str
    words: list[str]
    privacy_policy: str
    source: str
    gesture: str
    statement: str
    added_by: str


@dataclass(frozen=True, slots=True)
class ExportedSubscriber:
    """Holds a subscriber as exported. `confirmed_at`: when the owner confirmed, or an agent added the address."""

    id: str
    email: str
    locale: str
    confirmed_at: str
    proof: OptInProof


COLUMNS = (
    *("id", "email", "locale", "confirmed_at", "consent", "consented_at", "notice_hash", "words", "privacy_policy"),
    *("source", "gesture", "statement", "added_by"),
)


async def read_subscribers(database: Database, site: str) -> AsyncIterator[ExportedSubscriber]:
    """Yields every subscriber in the order in which they subscribed first."""
    after = ""
    while True:
        page = await database.read(partial(_read_page, site=site, after=after))
        for subscriber in page:
            yield subscriber
        if len(page) < PAGE_SIZE:
            return
        after = page[-1].id


async def to_csv(rows: AsyncIterator[ExportedSubscriber]) -> AsyncIterator[str]:
    """Yields a row for each subscriber."""
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    async for subscriber in rows:
        proof = subscriber.proof
        cells = [subscriber.id, subscriber.email, subscriber.locale, subscriber.confirmed_at]
        cells += [proof.consent, proof.consented_at, proof.notice_hash, "\n".join(proof.words), proof.privacy_policy]
        yield csv_row([*cells, proof.source, proof.gesture, proof.statement, proof.added_by])


def _read_page(connection: Connection, site: str, after: str) -> list[ExportedSubscriber]:
    rows = connection.execute(_SELECT_PAGE, {"of_site": site, "after": after}).mappings().all()
    hashes = list({row["consent_notice_hash"] for row in rows if row["consent_notice_hash"]})
    contents = {row.hash: read_content(row.content) for row in connection.execute(_SELECT_NOTICES, {"hashes": hashes})}
    return [_to_exported(row, contents.get(row["consent_notice_hash"])) for row in rows]


def _to_exported(row: RowMapping, content: NoticeContent | None) -> ExportedSubscriber:
    consented_at = row["consent_created_at"]
    proof = OptInProof(
        row["consent"],
        clock.iso(consented_at) if consented_at else "",
        row["consent_notice_hash"] or "",
        _words(content) if content else [],
        row["consent_privacy_policy"] or "",
        row["consent_source"] or "",
        row["consent_gesture"] or "",
        row["proof"],
        row["added_by"],
    )
    return ExportedSubscriber(row["id"], row["email"], row["locale"], clock.iso(row["confirmed_at"]), proof)


def _words(content: NoticeContent) -> list[str]:
    """Returns what the notice said of the purposes that the newsletter needs, and of what it stores."""
    feature = content.features.get(FEATURE)
    if feature is None:
        return []
    purposes = [purpose for purpose in content.purposes if purpose.name in feature.purposes]
    return [f"{purpose.title}: {purpose.text}" for purpose in purposes] + [feature.stores]
