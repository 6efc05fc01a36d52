"""Appends `expire` for each choice whose six months are over, so that the record itself says that it stands no more."""

from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, bindparam, exists, func, insert, select, text

from forecourt.consent import lifetime, termination
from forecourt.consent.record import ENDING_ACTIONS, RecordKind
from forecourt.db.tables import consents, retention_runs
from forecourt.settings.site import SiteSettings

KIND = "expire"
AT_ONCE = 200  # records a transaction
_AHEAD = timedelta(days=1)
_THROUGH = select(func.max(retention_runs.c.last_consent_seq)).where(retention_runs.c.kind == KIND)
_NEXT = (
    select(consents.c.seq, consents.c.visitor, consents.c.site, consents.c.kind, consents.c.created_at)
    .where(consents.c.seq > bindparam("after"))
    .order_by(consents.c.seq)
    .limit(AT_ONCE)
)
_LATER = consents.alias()
_DUE = select(func.count()).where(
    consents.c.seq > bindparam("after"),
    consents.c.created_at <= bindparam("before"),
    consents.c.kind == RecordKind.CONSENT,
    consents.c.action.not_in(ENDING_ACTIONS),
    ~exists().where(
        _LATER.c.visitor == consents.c.visitor, _LATER.c.kind == RecordKind.CONSENT, _LATER.c.seq > consents.c.seq
    ),
)
_RUN = insert(retention_runs)
_ALONE = text("SELECT pg_try_advisory_xact_lock(47110817)")


def expire(connection: Connection, sites: dict[str, SiteSettings], now: datetime) -> tuple[int, bool]:
    """One piece, in the order of the records: how many were due, and whether there is more to look at.

    On PostgreSQL one process at a time: the others find nothing to do.
    """
    if connection.dialect.name == "postgresql" and not connection.execute(_ALONE).scalar_one():
        return 0, False
    before = lifetime.expiry_cutoff(now)
    after = connection.execute(_THROUGH).scalar_one() or 0
    # Up to the first that is not due: what lies behind it is looked at when it is. A time that is long yet to come, of
    # a clock that was wrong, keeps nobody waiting.
    looked_at = connection.execute(_NEXT, {"after": after})
    rows = [*takewhile(lambda row: row.created_at <= before or row.created_at > now + _AHEAD, looked_at)]
    if not rows:
        return 0, False
    visitors = sorted({(row.visitor, row.site) for row in rows if row.kind == RecordKind.CONSENT})  # locks in one order
    ended = sum(termination.expire(connection, visitor, _required(sites, site), before) for visitor, site in visitors)
    connection.execute(_RUN, {"kind": KIND, "count": ended, "created_at": now, "last_consent_seq": rows[-1].seq})
    return ended, len(rows) == AT_ONCE


def count(connection: Connection, now: datetime) -> int:
    """How many would end: choices of six months ago that nothing ended and no later one replaced."""
    after = connection.execute(_THROUGH).scalar_one() or 0
    return int(connection.execute(_DUE, {"after": after, "before": lifetime.expiry_cutoff(now)}).scalar_one())


def _required(sites: dict[str, SiteSettings], site: str) -> set[str]:
    """Of a site that the settings know no more, nothing is."""
    return {name for name, purpose in sites[site].purposes.items() if purpose.required} if site in sites else set()
