"""What a feed tells, whichever format it is in: releases that changed something for the reader, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from forecourt import clock, i18n
from forecourt.policy.model import Audience
from forecourt.policy.outputs.responses import ChangeResponse
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.reading import LocalizedText
from forecourt.policy.reading.release_changes import ReleaseChanges

TOLD_AT_MOST = 200  # changes in one entry; its page has the rest


@dataclass(frozen=True)
class Feed:
    """`title`: the policy's; `author`: whose it is; `address`: where browsers reach Forecourt. Newest steps first."""

    title: LocalizedText
    author: str
    site: str
    address: str
    locale: str
    region: Audience | None
    steps: Sequence[ReleaseChanges]

    @property
    def page(self) -> str:
        return self._at("")

    def own(self, name: str) -> str:
        """The address of this feed in the format called `name`."""
        asked = urlencode({"locale": self.locale} | ({"region": self.region} if self.region else {}))
        return f"{self.address}/v1/sites/{self.site}/{name}?{asked}"

    def id(self, step: ReleaseChanges | None = None) -> str:
        """A tag URI (RFC 4151), which outlives the address. Each language and region has its own."""
        host = urlsplit(self.address).hostname or "localhost"
        day, what = (step.published_at.date(), f"/releases/{step.number}") if step else ("2026", "")
        return f"tag:{host},{day}:{self.site}{what}/{self.locale}" + (f"/{self.region}" if self.region else "")

    @property
    def updated(self) -> str:
        """When the newest release was published, whoever it is about."""
        return clock.iso(self.steps[0].published_at)

    def entries(self) -> Iterator["FeedEntry"]:
        for step in self.steps:
            if found := step.changes(self.locale, self.region):
                yield FeedEntry(self, step, found)

    def link(self, step: ReleaseChanges) -> str:
        return self._at(f"releases/{step.number - 1}...{step.number}") if step.number > 1 else self._at("releases/1")

    def _at(self, path: str) -> str:
        region = f"?region={self.region}" if self.region else ""
        return f"{self.address}/{self.site}/{self.locale}/{path}{region}"


@dataclass(frozen=True)
class FeedEntry:
    """One release. `changes` are those that concern the feed's region."""

    feed: Feed
    step: ReleaseChanges
    changes: list[ChangeResponse]

    @property
    def title(self) -> str:
        """The companies it is about; the release's number where it is about the page alone."""
        words = i18n.words(self.feed.locale)
        number = words("policy.release", number=self.step.number)
        names = dict.fromkeys(each.entity.legal_name for each in self.changes if each.entity)
        return f"{number}: {', '.join([*names][:3])}{'…' if len(names) > 3 else ''}" if names else number

    @property
    def lines(self) -> list[str]:
        """Each change with its day and its deadline."""
        words = i18n.words(self.feed.locale)
        told = [self._line(each) for each in self.changes[:TOLD_AT_MOST]]
        left = len(self.changes) - len(told)
        reason = [f"{words('policy.emergency')} {self.step.emergency}"] if self.step.emergency else []
        return [*reason, *told, *([words("page.releases.more", count=left)] if left else [])]

    def _line(self, change: ChangeResponse) -> str:
        words, regions = i18n.words(self.feed.locale), change_sentences.beside(change, self.feed.locale)
        parts = [f"{change.title}. {change.sentence}".strip()]
        if regions:
            parts.append(words("page.difference.regions", regions=regions))
        if change.material:
            parts += [self._day("effect", change.effective), self._day("until", change.deadline)]
        return " ".join(part for part in parts if part)

    def _day(self, key: str, day: date | None) -> str:
        locale = self.feed.locale
        return i18n.words(locale)(f"policy.proposals.{key}", day=i18n.long_date(day, locale)) if day else ""
