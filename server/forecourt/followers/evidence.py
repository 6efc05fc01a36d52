"""Exports who was notified of what and when: every change notice with its exact words and each attempt to deliver it.

`commitment` is the SHA-256 of salt and address, and is stored in a row that the database refuses to change. Whoever has
the export can check that the address was not put there afterwards. `content` is the SHA-256 of `notice` as canonical
JSON.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, RowMapping, and_, bindparam, or_, select

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import change_notice_details, change_notices, deliveries, notices
from forecourt.followers.actions import outbox_keys
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

PAGE_SIZE = 200  # notices read at once
ERASED = "erased"  # replaces the address and its salt
COLUMNS = (
    *("site", "release", "sha256", "notice", "follower", "address", "channels", "locale", "region", "planned_at"),
    *("changes", "content", "commitment", "salt", "delivery", "outcome", "code", "at"),
)
_EVERY_RELEASE = 2**31 - 1

_DETAILS = change_notice_details.c
_SELECT_PAGE = (
    select(change_notices, _DETAILS.salt, _DETAILS.recipient)
    .join_from(change_notices, change_notice_details, _DETAILS.notice == change_notices.c.id, isouter=True)
    .where(
        change_notices.c.site == bindparam("of_site"),
        change_notices.c.release <= bindparam("last_release"),
        or_(
            change_notices.c.release > bindparam("after_release"),
            and_(
                change_notices.c.release == bindparam("after_release"),
                change_notices.c.follower > bindparam("after_follower"),
            ),
        ),
    )
    .order_by(change_notices.c.release, change_notices.c.follower)
    .limit(PAGE_SIZE)
)
_SELECT_WORDS = select(notices.c.hash, notices.c.content).where(notices.c.hash.in_(bindparam("hashes", expanding=True)))
_SELECT_DELIVERIES = (
    select(deliveries.c.outbox_key, deliveries.c.outcome, deliveries.c.code, deliveries.c.created_at)
    .where(deliveries.c.outbox_key.in_(bindparam("keys", expanding=True)))
    .order_by(deliveries.c.seq)
)


@dataclass(frozen=True, slots=True)
class NoticedChange:
    title: str
    text: str
    effective: str | None
    objection_until: str | None


@dataclass(frozen=True, slots=True)
class NoticeText:
    """Holds the words of a notice that the table shows, out of those that `change_notice.py` writes."""

    sha256: str
    changes: list[NoticedChange]


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """Holds one attempt to deliver a notice by mail or webhook. `code` is the status of SMTP or HTTP."""

    channel: str
    outcome: str
    code: int
    at: str


@dataclass(frozen=True, slots=True)
class NoticeEvidence:
    """Holds one change notice as it is exported. `notice` is the JSON of its words."""

    site: str
    release: int
    sha256: str
    id: str
    follower: str
    address: str
    channels: list[str]
    locale: str
    region: str | None
    planned_at: str
    content: str
    commitment: str
    salt: str
    notice: msgspec.Raw
    deliveries: list[DeliveryAttempt]


async def read_evidence(database: Database, site: str, release: int | None = None) -> AsyncIterator[NoticeEvidence]:
    """Yields each notice in order of release, or only those of one release."""
    last = (release or 0, "")
    while True:
        after = last
        page = await database.read(lambda c, after=after: _read_page(c, site, after, release or _EVERY_RELEASE))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for evidence in page:
            yield evidence
        if len(page) < PAGE_SIZE:
            return
        last = (page[-1].release, page[-1].follower)


async def to_csv(notices: AsyncIterator[NoticeEvidence]) -> AsyncIterator[str]:
    """Yields a row for each attempt to deliver a notice, and one for a notice without any attempt yet."""
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    async for evidence in notices:
        for row in _csv_rows(evidence):
            yield csv_row(row)


def _read_page(connection: Connection, site: str, after: tuple[int, str], last_release: int) -> list[NoticeEvidence]:
    values = {"of_site": site, "after_release": after[0], "after_follower": after[1], "last_release": last_release}
    rows = connection.execute(_SELECT_PAGE, values).mappings().all()
    hashes = list({row["content_hash"] for row in rows})
    words = {row.hash: row.content for row in connection.execute(_SELECT_WORDS, {"hashes": hashes})}
    attempts = _read_attempts(connection, [row["id"] for row in rows])
    return [_to_evidence(row, words[row["content_hash"]], attempts[row["id"]]) for row in rows]


def _read_attempts(connection: Connection, notices: list[str]) -> dict[str, list[DeliveryAttempt]]:
    """Returns the attempts of each notice, those by mail before those by webhook."""
    keys = [key for notice in notices for key in outbox_keys(notice)]
    by_key: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(_SELECT_DELIVERIES, {"keys": keys}).mappings():
        by_key[row["outbox_key"]].append(row)
    return {
        notice: [
            DeliveryAttempt(channel, row["outcome"], row["code"], clock.iso(row["created_at"]))
            for channel, key in zip(("mail", "webhook"), outbox_keys(notice), strict=True)
            for row in by_key[key]
        ]
        for notice in notices
    }


def _to_evidence(row: RowMapping, words: str, attempts: list[DeliveryAttempt]) -> NoticeEvidence:
    return NoticeEvidence(
        row["site"],
        row["release"],
        msgspec.json.decode(words, type=NoticeText).sha256,
        row["id"],
        row["follower"],
        row["recipient"] or ERASED,
        row["channel"].split("+"),
        row["locale"],
        row["region"],
        clock.iso(row["created_at"]),
        row["content_hash"],
        row["commitment"],
        row["salt"] or ERASED,
        msgspec.Raw(words.encode()),
        attempts,
    )


def _csv_rows(evidence: NoticeEvidence) -> Iterator[list[object]]:
    changes = msgspec.json.decode(evidence.notice, type=NoticeText).changes
    common = [evidence.site, evidence.release, evidence.sha256, evidence.id, evidence.follower, evidence.address]
    common += ["+".join(evidence.channels), evidence.locale, evidence.region or "", evidence.planned_at]
    common += ["; ".join(map(_change_cell, changes)), evidence.content, evidence.commitment, evidence.salt]
    for attempt in evidence.deliveries:
        yield [*common, attempt.channel, attempt.outcome, attempt.code, attempt.at]
    if not evidence.deliveries:
        yield [*common, "", "", "", ""]


def _change_cell(change: NoticedChange) -> str:
    dates = {"from": change.effective, "objections until": change.objection_until}
    days = ", ".join(f"{name} {day}" for name, day in dates.items() if day)
    return f"{change.title}: {change.text}" + (f" ({days})" if days else "")
