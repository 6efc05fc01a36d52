"""What each release changed, told in every language of its site. Made once and kept: a release never changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.policy import changes, store
from forecourt.policy.changes import Change
from forecourt.policy.model import Audience, Release
from forecourt.policy.outputs.answers import ChangeAnswer, ChangedEntity, ChangeInFull
from forecourt.policy.published import Published
from forecourt.policy.reading.telling import Told, tell
from forecourt.policy.reading.view import Reading, reading_of

KEPT_AT_MOST = 512


@dataclass(frozen=True)
class Step:
    """One release without its policy. `told`: language -> each change."""

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    emergency: str
    told: Mapping[str, tuple[ChangeAnswer, ...]]

    def changes(self, locale: str, region: Audience | None) -> list[ChangeAnswer]:
        return [each for each in self.told[locale] if region is None or region in each.regions]


@dataclass(frozen=True, slots=True)
class Steps:
    """One process's memory of them."""

    database: Database
    _kept: OrderedDict[tuple[str, int], Step] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # or every language of a feed would make its own

    async def newest(self, at: Published, before: int, most: int) -> list[Step]:
        """At most `most` of those before release `before`, the newest first."""
        numbers = await self.database.read(lambda c: store.numbers(c, at.name, before, most))
        return [await self.one(at, number) for number in numbers]

    async def one(self, at: Published, number: int) -> Step:
        """Raises `NotFound`."""
        async with self._turn:
            found = self._kept.get((at.name, number)) or await self._made(at, number)
            self._kept[at.name, number] = found
            self._kept.move_to_end((at.name, number))
            if len(self._kept) > KEPT_AT_MOST:
                self._kept.popitem(last=False)
            return found

    async def _made(self, at: Published, number: int) -> Step:
        releases = await self.database.read(
            lambda c: [store.by_number(c, at.name, each) for each in (number - 1, number)]
        )
        before, after = releases
        if after is None:
            raise NotFound(f"{at.name} has no release {number}")
        return await asyncio.to_thread(step, before, after, at.site.locales)


def step(before: Release | None, after: Release, locales: tuple[str, ...]) -> Step:
    day = after.published_at.date()
    found = changes.between(before.policy, after.policy, day) if before else ()
    told = {locale: tuple(_told(found, before, after, locale)) for locale in locales}
    return Step(
        after.site,
        after.number,
        after.sha256,
        after.previous,
        after.published_at,
        after.effective_at,
        after.emergency,
        told,
    )


def in_full(found: tuple[Change, ...], before: Reading, after: Reading) -> list[ChangeInFull]:
    """Both releases as one reader sees them."""
    return [
        ChangeInFull(**_answer(each, tell(each, before, after), before, after), before=each.before, after=each.after)
        for each in found
    ]


def _told(found: tuple[Change, ...], before: Release | None, after: Release, locale: str) -> list[ChangeAnswer]:
    if before is None:
        return []
    one, other = reading_of(before, locale), reading_of(after, locale)
    return [ChangeAnswer(**_answer(each, tell(each, one, other), one, other)) for each in found]


def _answer(change: Change, told: Told, before: Reading, after: Reading) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "material": change.is_material,
        "engagement": change.engagement or None,
        "entity": _entity(change, after if change.after else before) if change.engagement else None,
        "regions": change.regions,
        "products": change.products,
        "gained": change.gained,
        "lost": change.lost,
        "effective": told.effective,
        "deadline": told.deadline,
        "title": str(told.title),
        "sentence": str(told.sentence),
    }


def _entity(change: Change, reading: Reading) -> ChangedEntity:
    entity = reading.entity(change.shown)
    return ChangedEntity(entity.id, entity.legal_name)
