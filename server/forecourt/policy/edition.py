"""A release as it reads on one day: what is in force, what is proposed, what is no more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from forecourt.policy.model import Audience, Engagement, EngagementStatus, Release


@dataclass(frozen=True)
class EditionEntry:
    """One engagement of the list. `release`: whose facts and words tell it.

    `coming`: the version that takes over on its `effective` day; None where nothing is announced.
    """

    engagement: Engagement
    release: Release
    status: EngagementStatus
    coming: Engagement | None = None


@dataclass(frozen=True)
class Edition:
    """`release` on `day`. `earlier`: every release that `release.standing` names, by number."""

    release: Release
    day: date
    earlier: Mapping[int, Release]

    @cached_property
    def entries(self) -> tuple[EditionEntry, ...]:
        """What is in force, and what is proposed; an engagement stands once. What was removed is left out."""
        return tuple(self._entries())

    def of_kind(self, kind: str, region: Audience | None = None) -> tuple[EditionEntry, ...]:
        return tuple(each for each in self._by_kind.get(kind, ()) if each.engagement.concerns(region))

    def proposals(self, region: Audience | None = None) -> tuple[Engagement, ...]:
        """What is to come and known by `day`, the nearest first."""
        found = [
            each for each in self.release.policy.facts.engagements if self._is_proposed(each) and each.concerns(region)
        ]
        return tuple(sorted(found, key=lambda each: (each.effective, each.id)))

    def recipients(self, engagement_ids: Iterable[str]) -> list[dict[str, object]]:
        """The facts, by id, of those that are in force: what is only proposed sees nothing yet."""
        wanted = set(engagement_ids)
        found = [
            each
            for each in self.entries
            if each.status is not EngagementStatus.PROPOSED and each.engagement.id in wanted
        ]
        found.sort(key=lambda each: each.engagement.id)
        return [each.release.policy.facts.recipient(each.engagement) for each in found]

    @cached_property
    def _by_kind(self) -> dict[str, list[EditionEntry]]:
        found: dict[str, list[EditionEntry]] = {}
        for each in self.entries:
            kind = (each.coming or each.engagement).kind  # the release may have no table left for the standing one's
            found.setdefault(kind, []).append(each)
        return found

    def _entries(self) -> Iterator[EditionEntry]:
        for each in self.release.policy.facts.engagements:
            status = each.status(self.day)
            if status is not EngagementStatus.PROPOSED:
                yield from [] if status is EngagementStatus.REMOVED else [EditionEntry(each, self.release, status)]
            elif before := self._in_force(each):
                yield before
            elif self._is_proposed(each):
                yield EditionEntry(each, self.release, status)

    def _in_force(self, coming: Engagement) -> EditionEntry | None:
        """The version of an earlier release that `coming` has not replaced yet."""
        number = self.release.standing.get(coming.id)
        if number is None:
            return None
        release = self.earlier[number]
        standing = release.policy.facts.engagement(coming.id)
        status = standing.status(self.day)
        return None if status is EngagementStatus.REMOVED else EditionEntry(standing, release, status, coming)

    def _is_proposed(self, engagement: Engagement) -> bool:
        """A day before it was announced does not know of it."""
        known = self.release.announced.get(engagement.id, self.release.published_at.date())
        return engagement.status(self.day) is EngagementStatus.PROPOSED and known <= self.day
