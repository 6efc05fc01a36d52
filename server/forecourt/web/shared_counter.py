"""Counts hits in PostgreSQL, for the servers that share one database: exactly, by its clock, in one statement."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from forecourt.db.database import Database
from forecourt.web.hit_counter import Hit

_MICROSECONDS = 1_000_000
_SWEPT_PER_HIT = 8  # expired rows: more than a hit can add, so the table is never larger than what has not expired

# `times` are those of the hits in the window, and a hit from further ahead than the window is long is of a clock that
# was set back. What is over its limit before the statement writes nothing; what another server counts meanwhile shows
# in what the statement returns.
_COUNT = text(
    """
    WITH present AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now),
    wanted AS (
        SELECT key, most, period, now FROM present,
        unnest(CAST(:keys AS text[]), CAST(:most AS bigint[]), CAST(:periods AS bigint[])) AS given (key, most, period)
    ),
    refused AS (
        SELECT key FROM wanted JOIN rate_limit_hits AS stored USING (key)
        WHERE (SELECT count(*) FROM unnest(stored.times) AS moment
               WHERE moment BETWEEN now - period + 1 AND now + period) >= most
    ),
    swept AS (
        DELETE FROM rate_limit_hits WHERE key IN (
            SELECT key FROM rate_limit_hits, present WHERE expires_at < now AND key <> ALL (CAST(:keys AS text[]))
            ORDER BY expires_at LIMIT :swept FOR UPDATE OF rate_limit_hits SKIP LOCKED
        )
    )
    INSERT INTO rate_limit_hits AS stored (key, times, expires_at)
    SELECT key, ARRAY[now], now + period FROM wanted WHERE NOT EXISTS (SELECT FROM refused) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        times = array(
            SELECT moment FROM unnest(stored.times) AS moment
            WHERE moment BETWEEN excluded.times[1] * 2 - excluded.expires_at + 1 AND excluded.expires_at
            ORDER BY moment
        ) || excluded.times,
        expires_at = excluded.expires_at
    RETURNING key, cardinality(times) AS hits
    """
)
_WAIT = text(
    """
    WITH present AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now)
    SELECT max((SELECT moment FROM unnest(stored.times) AS moment WHERE moment <= now + period
                ORDER BY moment DESC OFFSET most - 1 LIMIT 1) + period - now)
    FROM present, rate_limit_hits AS stored JOIN
    unnest(CAST(:keys AS text[]), CAST(:most AS bigint[]), CAST(:periods AS bigint[])) AS given (key, most, period)
    USING (key)
    """
)


class SharedCounter:
    """Implements `HitCounter` in PostgreSQL. The table is not logged: after a crash counting starts anew."""

    def __init__(self, database: Database):
        self._database = database

    async def count(self, hits: Sequence[Hit]) -> float:
        """Implements `HitCounter.count`. Raises `Unavailable`."""
        return await self._database.write(lambda c: _count(c, hits))


def _count(connection: Connection, hits: Sequence[Hit]) -> float:
    most = {_key(hit): hit.limit.most for hit in hits}
    periods = [hit.limit.seconds * _MICROSECONDS for hit in hits]
    values: dict[str, object] = {"keys": [*most], "most": [*most.values()], "periods": periods}
    rows = connection.execute(_COUNT, values | {"swept": _SWEPT_PER_HIT}).all()
    if len(rows) == len(hits) and all(row.hits <= most[row.key] for row in rows):
        return 0.0
    wait = connection.execute(_WAIT, values).scalar_one() or 0
    return float(max(wait, 1)) / _MICROSECONDS


def _key(hit: Hit) -> str:
    return f"{hit.limit.action}:{hit.limit.counted_by}:{hit.digest.hex()}"
