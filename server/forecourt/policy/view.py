"""One edition as one reader sees it: in a language, for a region. Every output reads from here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from forecourt import i18n
from forecourt.policy import words
from forecourt.policy.history import Edition, Entry
from forecourt.policy.model import Audience, Engagement, Entity, Facts, Release, State
from forecourt.policy.rules import word_keys


class Said(str):
    """A text, and the language it is in: the source language's where it is not translated yet."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> "Said":
        made = super().__new__(cls, text)
        made.language = language
        return made


@dataclass(frozen=True)
class Reading:
    """`region` None shows every engagement."""

    edition: Edition
    locale: str
    region: Audience | None = None

    @property
    def release(self) -> Release:
        return self.edition.release

    @property
    def facts(self) -> Facts:
        return self.release.policy.facts

    def word(self, key: str) -> Said:
        """Markdown for prose, plain text for names. Raises KeyError where the policy has no such word."""
        texts, source = self.release.policy.words, self.facts.source_language
        language = self.locale if key in texts.get(self.locale, {}) else source
        return Said(words.fill(texts[language][key], self._values(language)), language)

    def mark(self, said: Said) -> dict[str, str]:
        """The attributes of an element that holds `said`: its language, where it is not the reader's."""
        if said.language == self.locale:
            return {}
        return {"lang": said.language, "dir": i18n.direction(said.language)}

    def told_by(self, entry: Entry) -> "Reading":
        """The same reader, before the release whose facts and words tell `entry`."""
        if entry.release is self.release:
            return self
        return self._of_earlier(entry.release)

    def entity(self, engagement: Engagement) -> Entity:
        return self.facts.entity(engagement.entity)

    def rows(self, kind: str) -> tuple[Entry, ...]:
        return self.edition.of_kind(kind, self.region)

    def listed(self, kind: str, keys: Iterable[str]) -> Said:
        """`data.account`, `data.contact` as one list: "account data and contact details"."""
        said = [self.word(f"{kind}.{key}") for key in keys]
        language = next((each.language for each in said if each.language != self.locale), self.locale)
        return Said(words.listed(said, language), language)

    @cached_property
    def written(self) -> int:
        """How much of the policy is in the reader's language: whole per cent, 100 only where all of it is."""
        wanted = word_keys(self.facts)
        return len(wanted & self.release.policy.words.get(self.locale, {}).keys()) * 100 // max(1, len(wanted))

    @cached_property
    def is_reviewed(self) -> bool:
        """Whether a person stands behind every translated text."""
        made = self.release.policy.translations.get(self.locale, {})
        return all(each.state is State.REVIEWED for each in made.values())

    def _values(self, language: str) -> dict[str, str]:
        if language not in self._filled:
            self._filled[language] = words.values(self.release.policy, language)
        return self._filled[language]

    @cached_property
    def _filled(self) -> dict[str, dict[str, str]]:
        return {}

    def _of_earlier(self, release: Release) -> "Reading":
        if release.number not in self._earlier:
            self._earlier[release.number] = replace(self, edition=Edition(release, self.edition.day, {}))
        return self._earlier[release.number]

    @cached_property
    def _earlier(self) -> dict[int, "Reading"]:
        return {}
