"""This module holds what a feed says in either format: the releases that changed something for its reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from forecourt import clock, i18n
from forecourt.policy.localization.change_sentences import regions_beside
from forecourt.policy.localization.localized_text import LocalizedText
from forecourt.policy.model import Audience
from forecourt.policy.outputs.release_changes import ReleaseChanges
from forecourt.policy.outputs.responses import ChangeResponse

MAX_CHANGES = 200  # in one entry; the page it links to has the rest


@dataclass(frozen=True)
class Feed:
    """Describes a feed in one language, for one region or all.

    `title` is the policy's, `author` whose policy it is, `address` where browsers reach Forecourt. `releases` begin
    with the newest.
    """

    title: LocalizedText
    author: str
    site: str
    address: str
    locale: str
    region: Audience | None
    releases: Sequence[ReleaseChanges]

    @property
    def page(self) -> str:
        return self._page_address("")

    def self_address(self, path: str) -> str:
        """Returns the address of this feed in the format that is served at `path`."""
        query = urlencode({"locale": self.locale} | ({"region": self.region} if self.region else {}))
        return f"{self.address}/v1/sites/{self.site}/{path}?{query}"

    def tag_uri(self, release: ReleaseChanges | None = None) -> str:
        """Returns the id (a tag URI, RFC 4151) of the feed or of a release, which stays when the address changes.

        Each language and region has its own.
        """
        host = urlsplit(self.address).hostname or "localhost"
        day, path = (release.published_at.date(), f"/releases/{release.number}") if release else ("2026", "")
        return f"tag:{host},{day}:{self.site}{path}/{self.locale}" + (f"/{self.region}" if self.region else "")

    @property
    def updated_at(self) -> str:
        """Returns when the newest release was published, even where it changed nothing for the reader."""
        return clock.iso(self.releases[0].published_at)

    def entries(self) -> Iterator["FeedEntry"]:
        for release in self.releases:
            if changes := release.changes(self.locale, self.region):
                yield FeedEntry(self, release, changes)

    def page_of(self, release: ReleaseChanges) -> str:
        number = release.number
        return self._page_address(f"releases/{number - 1}...{number}" if number > 1 else "releases/1")

    def _page_address(self, path: str) -> str:
        region = f"?region={self.region}" if self.region else ""
        return f"{self.address}/{self.site}/{self.locale}/{path}{region}"


@dataclass(frozen=True)
class FeedEntry:
    """Describes one release. `changes` are those that concern the feed's region."""

    feed: Feed
    release: ReleaseChanges
    changes: list[ChangeResponse]

    @property
    def title(self) -> str:
        """Returns the release's number and up to three of the companies it is about."""
        words = i18n.words(self.feed.locale)
        number = words("policy.release", number=self.release.number)
        names = dict.fromkeys(change.entity.legal_name for change in self.changes if change.entity)
        return f"{number}: {', '.join([*names][:3])}{'…' if len(names) > 3 else ''}" if names else number

    @property
    def lines(self) -> list[str]:
        """Returns each change with its day and its deadline, and how many more there are."""
        words, emergency = i18n.words(self.feed.locale), self.release.emergency
        changes = [self._line(change) for change in self.changes[:MAX_CHANGES]]
        omitted = len(self.changes) - len(changes)
        reason = [f"{words('policy.emergency')} {emergency}"] if emergency else []
        return [*reason, *changes, *([words.plural("page.releases.more", omitted)] if omitted else [])]

    def _line(self, change: ChangeResponse) -> str:
        words, regions = i18n.words(self.feed.locale), regions_beside(change, self.feed.locale)
        parts = [f"{change.title}. {change.sentence}".strip()]
        if regions:
            parts.append(words("page.difference.regions", regions=regions))
        if change.material:
            parts += [self._day("effect", change.effective), self._day("deadline", change.deadline)]
        return " ".join(part for part in parts if part)

    def _day(self, key: str, day: date | None) -> str:
        locale = self.feed.locale
        return i18n.words(locale)(f"policy.proposals.{key}", day=i18n.long_date(day, locale)) if day else ""
