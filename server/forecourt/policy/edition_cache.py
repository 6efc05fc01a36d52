"""The list as it stood on a day, or as a release first read: read from the database, the last few kept.

Any day can be asked for, and few of them differ. An edition's `day` here is the first on which it read as it does,
so that whoever remembers what was made of it remembers one for all of those days.
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

KEPT_AT_MOST = 4  # releases; one of 2,000 engagements in 29 languages takes some 30 MB


@dataclass(frozen=True, slots=True)
class EditionCache:
    """One process's memory. A release never changes, so nothing here grows stale."""

    _kept: OrderedDict[tuple[str, int], Edition] = field(default_factory=OrderedDict)

    async def on(self, database: Database, site: str, day: date) -> Edition:
        """The list in force on `day`; before the first release, its list by its dates. Raises `NotFound`."""
        number = await database.read(lambda c: store.number_by_day(c, site, day) or 1)
        known = await self._release(database, site, number)
        return replace(known, day=first_alike(known, day))

    async def published(self, database: Database, site: str, number: int) -> Edition:
        """Release `number` as it read on the day it was published. Raises `NotFound`."""
        return await self._release(database, site, number)

    async def last_alike(self, database: Database, site: str, edition: Edition) -> date | None:
        """The last day on which the list read as `edition` does; None where no end is known."""
        following = await database.read(lambda c: store.published_at(c, site, edition.release.number + 1))
        days = [*_turns(edition), *([following.date()] if following else [])]
        turn = min((each for each in days if each > edition.day), default=None)
        return turn and turn - timedelta(days=1)

    async def _release(self, database: Database, site: str, number: int) -> Edition:
        made = self._kept.get((site, number))
        if made is None:
            made = await database.read(lambda c: _read(c, site, number))
        self._kept[site, number] = made
        self._kept.move_to_end((site, number))
        while len(self._kept) > KEPT_AT_MOST:
            self._kept.popitem(last=False)
        return made


def first_alike(edition: Edition, day: date) -> date:
    """The first day on which `edition` read as it does on `day`; `date.min` before anything happened."""
    days = sorted(set(_turns(edition)))
    at = bisect_right(days, day)
    return days[at - 1] if at else date.min


def _turns(edition: Edition) -> Iterator[date]:
    """The days on which a status can change, or something becomes known."""
    release = edition.release
    yield release.published_at.date()
    yield from release.announced.values()
    for facts in (release.policy.facts, *(each.policy.facts for each in edition.earlier.values())):
        for each in facts.engagements:
            yield from (turn for turn in (each.effective, each.removed) if turn)


def _read(connection: Connection, site: str, number: int) -> Edition:
    release = store.by_number(connection, site, number)
    if release is None:
        raise NotFound(f"{site} has no release {number}")
    return actions.as_edition(connection, release, release.published_at.date())
