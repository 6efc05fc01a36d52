"""Appends `expire` for each choice that has expired, so that the record itself says that it no longer counts."""

from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, bindparam, exists, func, insert, select, text

from forecourt.consent import lifetime, termination
from forecourt.consent.record import ENDING_ACTIONS, RecordKind
from forecourt.db.tables import consents, retention_runs
from forecourt.settings.site import SiteSettings

KIND = "expire"
BATCH_SIZE = 200  # records in one transaction
_CLOCK_TOLERANCE = timedelta(days=1)
_LAST_SEQ = select(func.max(retention_runs.c.last_consent_seq)).where(retention_runs.c.kind == KIND)
_NEXT = (
    select(consents.c.seq, consents.c.visitor, consents.c.site, consents.c.kind, consents.c.created_at)
    .where(consents.c.seq > bindparam("after"))
    .order_by(consents.c.seq)
    .limit(BATCH_SIZE)
)
_LATER = consents.alias()
_HAS_LATER = exists().where(
    _LATER.c.visitor == consents.c.visitor, _LATER.c.kind == RecordKind.CONSENT, _LATER.c.seq > consents.c.seq
)
_COUNT_EXPIRED = select(func.count()).where(
    consents.c.seq > bindparam("after"),
    consents.c.created_at <= bindparam("cutoff"),
    consents.c.kind == RecordKind.CONSENT,
    consents.c.action.not_in(ENDING_ACTIONS),
    ~_HAS_LATER,
)
_ADD_RUN = insert(retention_runs)
_LOCK = text("SELECT pg_advisory_xact_lock(47110817)")


def expire_batch(connection: Connection, sites: dict[str, SiteSettings], now: datetime) -> tuple[int, bool]:
    """Ends expired choices, in the order of their records. Returns how many, and whether there may be more.

    On PostgreSQL one process does it at a time, and the others wait for its batch.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    cutoff = lifetime.expiry_cutoff(now)
    next_rows = connection.execute(_NEXT, {"after": _last_seq(connection)})
    # Reads up to the first record that has not expired. What lies behind it is read once that has. A record from far
    # in the future, of a clock that was wrong, holds up nobody.
    rows = [*takewhile(lambda row: row.created_at <= cutoff or row.created_at > now + _CLOCK_TOLERANCE, next_rows)]
    if not rows:
        return 0, False
    visitors = sorted({(row.visitor, row.site) for row in rows if row.kind == RecordKind.CONSENT})  # locks in one order
    ended = sum(termination.expire(connection, visitor, _required(sites, site), cutoff) for visitor, site in visitors)
    connection.execute(_ADD_RUN, {"kind": KIND, "count": ended, "created_at": now, "last_consent_seq": rows[-1].seq})
    return ended, len(rows) == BATCH_SIZE


def count_expired(connection: Connection, now: datetime) -> int:
    """Returns how many choices have expired that nothing ended and no later one replaced."""
    values = {"after": _last_seq(connection), "cutoff": lifetime.expiry_cutoff(now)}
    return int(connection.execute(_COUNT_EXPIRED, values).scalar_one())


def _last_seq(connection: Connection) -> int:
    """Returns the consents.seq that earlier rounds came to."""
    return connection.execute(_LAST_SEQ).scalar_one() or 0


def _required(sites: dict[str, SiteSettings], site: str) -> set[str]:
    """Returns the purposes that need no consent. A site that is no longer in the settings has none."""
    return {name for name, purpose in sites[site].purposes.items() if purpose.required} if site in sites else set()
