"""This module describes what each release changed, in every language of its site, and remembers it.

A release never changes, so what is remembered is never outdated.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict

import msgspec

from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.policy import store
from forecourt.policy.change_kinds import ChangeKind, PolicyChange
from forecourt.policy.comparison import compare_policies
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.change_sentences import describe_change
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Engagement, Release
from forecourt.policy.outputs.responses import (
    ChangedEntity,
    ChangeResponse,
    FullChangeResponse,
    StatedEngagement,
)
from forecourt.policy.stated_facts import without_missing_facts

MAX_RELEASES = 512  # in the memory of one process


@dataclass(frozen=True)
class ReleaseChanges:
    """Holds a release without its policy. `changes_by_locale` has each change in each language."""

    site: str
    number: int
    sha256: str
    previous: str | None
    published_at: datetime
    effective_at: date
    emergency: str
    changes_by_locale: Mapping[str, tuple[ChangeResponse, ...]]

    def changes(self, locale: str, region: Audience | None) -> list[ChangeResponse]:
        return [change for change in self.changes_by_locale[locale] if region is None or region in change.regions]


@dataclass(frozen=True, slots=True)
class ReleaseChangesCache:
    """Remembers the changes of the releases that were last asked for, in one process."""

    database: Database
    _releases: OrderedDict[tuple[str, int], ReleaseChanges] = field(default_factory=OrderedDict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # or every language of a feed would read the same release

    async def list_newest(self, site: LiveSite, before: int, limit: int) -> list[ReleaseChanges]:
        """Returns at most `limit` of the releases before number `before`, the newest first."""
        numbers = await self.database.read(lambda c: store.list_numbers(c, site.name, before, limit))
        return [await self.get(site, number) for number in numbers]

    async def get(self, site: LiveSite, number: int) -> ReleaseChanges:
        """Raises `NotFound`."""
        key = (site.name, number)
        async with self._lock:
            release = self._releases.get(key) or await self._compare(site, number)
            self._releases[key] = release
            self._releases.move_to_end(key)
            if len(self._releases) > MAX_RELEASES:
                self._releases.popitem(last=False)
            return release

    async def _compare(self, site: LiveSite, number: int) -> ReleaseChanges:
        before, after = await self.database.read(
            lambda c: [store.find_by_number(c, site.name, each) for each in (number - 1, number)]
        )
        if after is None:
            raise NotFound(f"{site.name} has no release {number}")
        return await asyncio.to_thread(release_changes, before, after, site.settings.locales)


def release_changes(before: Release | None, after: Release, locales: tuple[str, ...]) -> ReleaseChanges:
    """Describes what `after` changed; nothing where it is the first release."""
    changes_by_locale: dict[str, tuple[ChangeResponse, ...]] = dict.fromkeys(locales, ())
    if before:
        changes = compare_policies(before.policy, after.policy, after.published_at.date())
        for locale in locales:
            editions = localize_release(before, locale), localize_release(after, locale)
            changes_by_locale[locale] = tuple(_change_responses(changes, *editions))
    return ReleaseChanges(
        after.site,
        after.number,
        after.sha256,
        after.previous,
        after.published_at,
        after.effective_at,
        after.emergency,
        changes_by_locale,
    )


def full_changes(
    changes: Iterable[PolicyChange], before: LocalizedEdition, after: LocalizedEdition
) -> list[FullChangeResponse]:
    """Describes `changes` with both versions of each engagement. The editions are for the same reader."""
    return [
        FullChangeResponse(
            **_change_fields(change, before, after),
            before=_version_facts(change.before),
            after=_version_facts(change.after),
        )
        for change in changes
    ]


def _version_facts(version: Engagement | None) -> StatedEngagement | None:
    return without_missing_facts(msgspec.to_builtins(version)) if version else None


def _change_responses(
    changes: Iterable[PolicyChange], before: LocalizedEdition, after: LocalizedEdition
) -> Iterator[ChangeResponse]:
    for change in changes:
        yield ChangeResponse(**_change_fields(change, before, after))


class _ChangeFields(TypedDict):
    kind: ChangeKind
    material: bool
    engagement: str | None
    entity: ChangedEntity | None
    regions: tuple[Audience, ...]
    products: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    effective: date | None
    deadline: date | None
    title: str
    sentence: str


def _change_fields(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> _ChangeFields:
    description = describe_change(change, before, after)
    return {
        "kind": change.kind,
        "material": change.is_material,
        "engagement": change.engagement or None,
        "entity": _changed_entity(change, after if change.after else before) if change.engagement else None,
        "regions": change.regions,
        "products": change.products,
        "gained": change.gained,
        "lost": change.lost,
        "effective": description.effective,
        "deadline": description.deadline,
        "title": str(description.title),
        "sentence": str(description.sentence),
    }


def _changed_entity(change: PolicyChange, edition: LocalizedEdition) -> ChangedEntity:
    entity = edition.entity(change.latest_version)
    return ChangedEntity(entity.id, entity.legal_name)
