"""This module reads the list of any past day from the database, and remembers the releases that were last read.

Any day can be asked for, and few of them differ. The `day` of an edition from here is the first on which the list read
as it does, so that whoever caches what was made of it caches one for all of those days.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.policy import actions, store
from forecourt.policy.edition import Edition

MAX_RELEASES = 4  # one of 2,000 engagements in 29 languages takes some 30 MB


@dataclass(frozen=True, slots=True)
class EditionCache:
    """Remembers for one process. A release never changes, so nothing here is ever outdated."""

    _editions: OrderedDict[tuple[str, int], Edition] = field(default_factory=OrderedDict)

    async def get_by_day(self, database: Database, site: str, day: date) -> Edition:
        """Returns the list of `day`. Before the first release it is that release's list, by its dates.

        Raises `NotFound`.
        """
        number = await database.read(lambda c: store.find_number_by_day(c, site, day) or 1)
        edition = await self._get(database, site, number)
        return replace(edition, day=first_day_alike(edition, day))

    async def get_as_published(self, database: Database, site: str, number: int) -> Edition:
        """Returns release `number` as it read on the day it was published. Raises `NotFound`."""
        return await self._get(database, site, number)

    async def find_last_day_alike(self, database: Database, site: str, edition: Edition) -> date | None:
        """Returns the last day on which the list reads as `edition` does; None where no end is known."""
        next_release = await database.read(lambda c: store.find_published_at(c, site, edition.release.number + 1))
        days = [*_turning_days(edition), *([next_release.date()] if next_release else [])]
        turning_day = min((day for day in days if day > edition.day), default=None)
        return turning_day and turning_day - timedelta(days=1)

    async def _get(self, database: Database, site: str, number: int) -> Edition:
        edition = self._editions.get((site, number))
        if edition is None:
            edition = await database.read(lambda c: _read_as_published(c, site, number))
        self._editions[site, number] = edition
        self._editions.move_to_end((site, number))
        while len(self._editions) > MAX_RELEASES:
            self._editions.popitem(last=False)
        return edition


def first_day_alike(edition: Edition, day: date) -> date:
    """Returns the first day on which `edition` read as it does on `day`; `date.min` before anything happened."""
    days = sorted(set(_turning_days(edition)))
    position = bisect_right(days, day)
    return days[position - 1] if position else date.min


def _turning_days(edition: Edition) -> Iterator[date]:
    """Yields the days on which a status can change, or on which something was published."""
    release = edition.release
    yield release.published_at.date()
    yield from release.announced.values()
    for facts in (release.policy.facts, *(earlier.policy.facts for earlier in edition.earlier.values())):
        for engagement in facts.engagements:
            yield from (day for day in (engagement.effective, engagement.removed) if day)


def _read_as_published(connection: Connection, site: str, number: int) -> Edition:
    release = store.find_by_number(connection, site, number)
    if release is None:
        raise NotFound(f"{site} has no release {number}")
    return actions.read_edition(connection, release, release.published_at.date())
