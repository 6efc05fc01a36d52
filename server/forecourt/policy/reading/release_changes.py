"""What each release changed, told in every language of its site. Made once and kept: a release never changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.policy import difference, store
from forecourt.policy.difference import PolicyChange
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import Audience, Release
from forecourt.policy.outputs.responses import ChangedEntity, ChangeResponse, FullChangeResponse
from forecourt.policy.reading.change_sentences import ChangeSentence, tell
from forecourt.policy.reading.reading import Reading, reading_of

KEPT_AT_MOST = 512


@dataclass(frozen=True)
class ReleaseChanges:
    """One release without its policy. `told`: language -> each change."""

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    emergency: str
    told: Mapping[str, tuple[ChangeResponse, ...]]

    def changes(self, locale: str, region: Audience | None) -> list[ChangeResponse]:
        return [each for each in self.told[locale] if region is None or region in each.regions]


@dataclass(frozen=True, slots=True)
class ReleaseChangesCache:
    """One process's memory of them."""

    database: Database
    _kept: OrderedDict[tuple[str, int], ReleaseChanges] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # or every language of a feed would make its own

    async def newest(self, at: LiveSite, before: int, most: int) -> list[ReleaseChanges]:
        """At most `most` of those before release `before`, the newest first."""
        numbers = await self.database.read(lambda c: store.numbers(c, at.name, before, most))
        return [await self.one(at, number) for number in numbers]

    async def one(self, at: LiveSite, number: int) -> ReleaseChanges:
        """Raises `NotFound`."""
        async with self._turn:
            found = self._kept.get((at.name, number)) or await self._made(at, number)
            self._kept[at.name, number] = found
            self._kept.move_to_end((at.name, number))
            if len(self._kept) > KEPT_AT_MOST:
                self._kept.popitem(last=False)
            return found

    async def _made(self, at: LiveSite, number: int) -> ReleaseChanges:
        releases = await self.database.read(
            lambda c: [store.by_number(c, at.name, each) for each in (number - 1, number)]
        )
        before, after = releases
        if after is None:
            raise NotFound(f"{at.name} has no release {number}")
        return await asyncio.to_thread(step, before, after, at.settings.locales)


def step(before: Release | None, after: Release, locales: tuple[str, ...]) -> ReleaseChanges:
    day = after.published_at.date()
    found = difference.between(before.policy, after.policy, day) if before else ()
    told = {locale: tuple(_told(found, before, after, locale)) for locale in locales}
    return ReleaseChanges(
        after.site,
        after.number,
        after.sha256,
        after.previous,
        after.published_at,
        after.effective_at,
        after.emergency,
        told,
    )


def in_full(found: tuple[PolicyChange, ...], before: Reading, after: Reading) -> list[FullChangeResponse]:
    """Both releases as one reader sees them."""
    return [
        FullChangeResponse(
            **_answer(each, tell(each, before, after), before, after), before=each.before, after=each.after
        )
        for each in found
    ]


def _told(found: tuple[PolicyChange, ...], before: Release | None, after: Release, locale: str) -> list[ChangeResponse]:
    if before is None:
        return []
    one, other = reading_of(before, locale), reading_of(after, locale)
    return [ChangeResponse(**_answer(each, tell(each, one, other), one, other)) for each in found]


def _answer(change: PolicyChange, told: ChangeSentence, before: Reading, after: Reading) -> dict[str, Any]:
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


def _entity(change: PolicyChange, reading: Reading) -> ChangedEntity:
    entity = reading.entity(change.shown)
    return ChangedEntity(entity.id, entity.legal_name)
