"""This module shows a release on one day: what is in force, and what is proposed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from forecourt.policy.model import Audience, Engagement, EngagementStatus, Release


@dataclass(frozen=True)
class EditionEntry:
    """Describes one engagement of the list.

    `release` is the one whose facts and texts describe it. `coming` is the version that takes over on its `effective`
    day; None where no change is announced.
    """

    engagement: Engagement
    release: Release
    status: EngagementStatus
    coming: Engagement | None = None


@dataclass(frozen=True)
class Edition:
    """Shows `release` as it reads on `day`. `earlier` holds the releases of `release.releases_in_force`, by number."""

    release: Release
    day: date
    earlier: Mapping[int, Release]

    @cached_property
    def entries(self) -> tuple[EditionEntry, ...]:
        """Returns what is in force and what is proposed, each engagement once. What was removed is left out."""
        return tuple(self._make_entries())

    def of_kind(self, kind: str, region: Audience | None = None) -> tuple[EditionEntry, ...]:
        return tuple(entry for entry in self._by_kind.get(kind, ()) if entry.engagement.concerns(region))

    def proposals(self, region: Audience | None = None) -> tuple[Engagement, ...]:
        """Returns what is to come and was published by `day`, the nearest first."""
        proposals = [
            engagement
            for engagement in self.release.policy.facts.engagements
            if self._is_proposed(engagement) and engagement.concerns(region)
        ]
        return tuple(sorted(proposals, key=lambda proposal: (proposal.first_day, proposal.id)))

    def recipients(self, engagement_ids: Iterable[str]) -> list[dict[str, object]]:
        """Returns the facts of those that are in force, by id. One that is only proposed sees no data yet."""
        ids = set(engagement_ids)
        in_force = [
            entry
            for entry in self.entries
            if entry.status is not EngagementStatus.PROPOSED and entry.engagement.id in ids
        ]
        in_force.sort(key=lambda entry: entry.engagement.id)
        return [entry.release.policy.facts.recipient(entry.engagement) for entry in in_force]

    @cached_property
    def _by_kind(self) -> dict[str, list[EditionEntry]]:
        by_kind: dict[str, list[EditionEntry]] = {}
        for entry in self.entries:
            kind = (entry.coming or entry.engagement).kind  # the release may lack the table of the version in force
            by_kind.setdefault(kind, []).append(entry)
        return by_kind

    def _make_entries(self) -> Iterator[EditionEntry]:
        for engagement in self.release.policy.facts.engagements:
            status = engagement.status(self.day)
            if status is not EngagementStatus.PROPOSED:
                if status is not EngagementStatus.REMOVED:
                    yield EditionEntry(engagement, self.release, status)
            elif in_force := self._entry_in_force(engagement):
                yield in_force
            elif self._is_proposed(engagement):
                yield EditionEntry(engagement, self.release, status)

    def _entry_in_force(self, proposal: Engagement) -> EditionEntry | None:
        """Returns the version of an earlier release that `proposal` has not replaced yet."""
        number = self.release.releases_in_force.get(proposal.id)
        if number is None:
            return None
        release = self.earlier[number]
        engagement = release.policy.facts.engagement(proposal.id)
        status = engagement.status(self.day)
        is_removed = status is EngagementStatus.REMOVED
        return None if is_removed else EditionEntry(engagement, release, status, proposal)

    def _is_proposed(self, engagement: Engagement) -> bool:
        """Checks whether it is to come and was published by `day`: an earlier day does not know of it."""
        announced = self.release.announced.get(engagement.id, self.release.published_at.date())
        return engagement.status(self.day) is EngagementStatus.PROPOSED and announced <= self.day
