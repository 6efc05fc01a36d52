"""Runs retention (GDPR 5(1)(e)): deletes what has been kept as long as promised, and ends expired choices.

The log says how many rows of each kind, and never whose. Append-only records are not touched.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from forecourt import clock
from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.db.tables import retention_runs
from forecourt.db.write_ahead_log import truncate_wal_after_commit
from forecourt.mail import mail_folder
from forecourt.settings.server import RetentionSettings
from forecourt.settings.site import SiteSettings
from forecourt.visitor import consent_expiry, removed_sites, retention_rules

INTERVAL = 6 * 3600.0  # seconds
log = logging.getLogger(__name__)
_ADD_RUN = insert(retention_runs)
Clock = Callable[[], datetime]


async def run(database: Database, sites: dict[str, SiteSettings], settings: RetentionSettings, mails: Path) -> None:
    """Runs a round at every `INTERVAL` until it is cancelled.

    `mails` is the folder that mails are written to where there is no relay.
    """

    async def work() -> None:
        await run_round(database, sites, settings)
        await mail_folder.delete_forgotten(database, mails)

    await repeat("retention", work, lambda _: asyncio.sleep(INTERVAL))


async def run_round(
    database: Database, sites: dict[str, SiteSettings], settings: RetentionSettings, now: Clock = clock.now
) -> dict[str, int]:
    """Deletes and ends all that is due, one batch at a time. Returns how many of each kind."""
    counts: Counter[str] = Counter()
    while batch := await database.write(lambda c: delete_batch(c, sites, settings, now())):
        counts.update(batch)
    has_more = True
    while has_more:
        ended, has_more = await database.write(lambda c: consent_expiry.expire_batch(c, sites, now()))
        counts[consent_expiry.KIND] += ended
    counts = +counts
    if counts:
        log.info("retention: %s", ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    return dict(counts)


def delete_batch(
    connection: Connection, sites: dict[str, SiteSettings], settings: RetentionSettings, now: datetime
) -> dict[str, int]:
    """Deletes one batch of each kind, and records it. Returns an empty dict when nothing is due."""
    counts: Counter[str] = Counter()
    removed_sites.note_removed_sites(connection, sites, now)
    to_forget = removed_sites.find_sites_to_forget(connection, sites, now)
    for rule in retention_rules.all_rules(sites, settings, now, to_forget):
        counts[rule.kind] += rule.delete_batch(connection)
    counts = +counts
    rows = [{"kind": kind, "count": count, "created_at": now} for kind, count in sorted(counts.items())]
    if rows:
        connection.execute(_ADD_RUN, rows)
        truncate_wal_after_commit(connection)
    return dict(counts)


def count_due(
    connection: Connection, sites: dict[str, SiteSettings], settings: RetentionSettings, now: datetime
) -> dict[str, int]:
    """Returns how many rows of each kind a round would delete or end. Changes nothing."""
    counts: Counter[str] = Counter()
    to_forget = removed_sites.find_sites_to_forget(connection, sites, now)
    for rule in retention_rules.all_rules(sites, settings, now, to_forget):
        counts[rule.kind] += rule.count(connection)
    counts[consent_expiry.KIND] = consent_expiry.count_expired(connection, now)
    return dict(counts)
