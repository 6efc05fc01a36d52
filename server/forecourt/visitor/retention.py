"""The one scheduler of retention (GDPR 5(1)(e)): deletes what has been kept as long as promised, ends old choices.

What it did is logged by kind and number, and never by whose. Appended proof is not touched.
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
from forecourt.mail import mail_folder
from forecourt.settings.server import RetentionSettings
from forecourt.settings.site import SiteSettings
from forecourt.visitor import expiry, retention_rules

EVERY = 6 * 3600.0  # seconds between two rounds
log = logging.getLogger(__name__)
_RUN = insert(retention_runs)
Clock = Callable[[], datetime]


async def run(database: Database, sites: dict[str, SiteSettings], keep: RetentionSettings, mails: Path) -> None:
    """Until cancelled. `mails`: the folder that stands in for a relay."""

    async def work() -> None:
        await round_off(database, sites, keep)
        await mail_folder.delete_forgotten(database, mails)

    await repeat("retention", work, lambda _: asyncio.sleep(EVERY))


async def round_off(
    database: Database, sites: dict[str, SiteSettings], keep: RetentionSettings, now: Clock = clock.now
) -> dict[str, int]:
    """Does all that is due, a bounded piece at a time. Returns how many of each kind."""
    done: Counter[str] = Counter()
    while piece := await database.write(lambda c: delete_piece(c, sites, keep, now())):
        done.update(piece)
    more = True
    while more:
        ended, more = await database.write(lambda c: expiry.expire(c, sites, now()))
        done[expiry.KIND] += ended
    done = +done
    if done:
        log.info("retention: %s", ", ".join(f"{number} {kind}" for kind, number in sorted(done.items())))
    return dict(done)


def delete_piece(
    connection: Connection, sites: dict[str, SiteSettings], keep: RetentionSettings, now: datetime
) -> dict[str, int]:
    """One piece of each kind, and the line of the log for it. Empty when nothing is due."""
    gone: Counter[str] = Counter()
    for each in retention_rules.due(sites, keep, now):
        gone[each.kind] += each.delete_piece(connection)
    gone = +gone
    rows = [{"kind": kind, "count": number, "created_at": now} for kind, number in sorted(gone.items())]
    if rows:
        connection.execute(_RUN, rows)
    return dict(gone)


def would(
    connection: Connection, sites: dict[str, SiteSettings], keep: RetentionSettings, now: datetime
) -> dict[str, int]:
    """The dry run: how many of each kind are due. Changes nothing."""
    found: Counter[str] = Counter()
    for each in retention_rules.due(sites, keep, now):
        found[each.kind] += each.count(connection)
    found[expiry.KIND] = expiry.count(connection, now)
    return dict(found)
