"""Who was told what, when: every change notice with the exact words and each try to deliver it, read page by page.

`commitment` is SHA-256 of salt and address, and stands in a row that the database refuses to change: whoever has this
export can check that the address was not put there afterwards. `content` is SHA-256 of `notice` as canonical JSON.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import change_notice_details, change_notices, deliveries, notices
from forecourt.followers.actions import causes
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

PAGE = 200  # notices read at once
ERASED = "erased"
COLUMNS = (
    *("site", "release", "sha256", "notice", "follower", "address", "channels", "locale", "region", "planned_at"),
    *("changes", "content", "commitment", "salt", "delivery", "outcome", "code", "at"),
)

_DETAILS = change_notice_details.c
_PAGE = (
    select(change_notices, _DETAILS.salt, _DETAILS.recipient)
    .join_from(change_notices, change_notice_details, _DETAILS.notice == change_notices.c.id, isouter=True)
    .where(
        change_notices.c.site == bindparam("of_site"),
        change_notices.c.release <= bindparam("last"),
        or_(
            change_notices.c.release > bindparam("release_then"),
            and_(
                change_notices.c.release == bindparam("release_then"),
                change_notices.c.follower > bindparam("follower_then"),
            ),
        ),
    )
    .order_by(change_notices.c.release, change_notices.c.follower)
    .limit(PAGE)
)
_SAID = select(notices.c.hash, notices.c.content).where(notices.c.hash.in_(bindparam("hashes", expanding=True)))
_TRIES = select(deliveries).where(deliveries.c.cause.in_(bindparam("of", expanding=True))).order_by(deliveries.c.seq)
_EVERY_RELEASE = 2**31 - 1


async def read(database: Database, site: str, release: int | None = None) -> AsyncIterator[dict[str, Any]]:
    """Each notice as plain values, by release. `release`: of this one only."""
    last = (release or 0, "")
    while True:
        at = last
        page = await database.read(lambda c, at=at: _page(c, site, at, release or _EVERY_RELEASE))  # type: ignore[misc] # mypy does not infer lambdas with defaults
        for each in page:
            yield each
        if len(page) < PAGE:
            return
        last = (page[-1]["release"], page[-1]["follower"])


async def as_json(found: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    """One JSON array, piece by piece."""
    before = "[\n"
    async for each in found:
        yield before + msgspec.json.encode(each).decode()
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


async def as_csv(found: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    """A row a delivery; a notice that nobody tried to send yet has one row."""
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    async for each in found:
        for row in _rows(each):
            yield csv_row(row)


def _page(connection: Connection, site: str, after: tuple[int, str], last: int) -> list[dict[str, Any]]:
    values = {"of_site": site, "release_then": after[0], "follower_then": after[1], "last": last}
    rows = connection.execute(_PAGE, values).all()
    hashes = list({each.content for each in rows})
    said = {each.hash: msgspec.json.decode(each.content) for each in connection.execute(_SAID, {"hashes": hashes})}
    tries = _tries(connection, [cause for each in rows for cause in causes(each.id)])
    return [_plain(each, said[each.content], tries) for each in rows]


def _tries(connection: Connection, of: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in connection.execute(_TRIES, {"of": of}):
        found.setdefault(each.cause, []).append(each)
    return found


def _plain(row: Any, said: dict[str, Any], tries: dict[str, list[Any]]) -> dict[str, Any]:
    channels = row.channel.split("+")
    return {
        "site": row.site,
        "release": row.release,
        "sha256": said["sha256"],
        "id": row.id,
        "follower": row.follower,
        "address": row.recipient or ERASED,
        "channels": channels,
        "locale": row.locale,
        "region": row.region,
        "planned_at": clock.iso(row.at),
        "content": row.content,
        "commitment": row.commitment,
        "salt": row.salt or ERASED,
        "notice": said,
        "deliveries": [
            {"channel": channel, "outcome": each.outcome, "code": each.code, "at": clock.iso(each.at)}
            for channel, cause in zip(("mail", "webhook"), causes(row.id), strict=True)
            for each in tries.get(cause, ())
        ],
    }


def _rows(each: dict[str, Any]) -> Iterator[list[object]]:
    told = "; ".join(map(_change, each["notice"]["changes"]))
    common = [each[name] for name in ("site", "release", "sha256", "id", "follower", "address")]
    common += ["+".join(each["channels"]), each["locale"], each["region"] or "", each["planned_at"], told]
    common += [each["content"], each["commitment"], each["salt"]]
    none = {"channel": "", "outcome": "", "code": "", "at": ""}
    for one in each["deliveries"] or [none]:
        yield [*common, *one.values()]


def _change(told: dict[str, Any]) -> str:
    named = {"from": told["effective"], "objections until": told["objection_until"]}
    days = ", ".join(f"{name} {day}" for name, day in named.items() if day)
    return f"{told['title']}: {told['text']}" + (f" ({days})" if days else "")
