"""One edition as one reader sees it: in a language, for a region. Every output reads from here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.model import Audience, Engagement, EngagementStatus, Entity, Facts, Release, TranslationState
from forecourt.policy.reading import words


class LocalizedText(str):
    """A text, and the language it is in: the source language's where it is not translated yet."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> "LocalizedText":
        made = super().__new__(cls, text)
        made.language = language
        return made


class Phrase(str):
    """A text of `parts`, each in a language of its own."""

    __slots__ = ("parts",)
    parts: tuple[LocalizedText, ...]

    def __new__(cls, parts: Iterable[LocalizedText]) -> "Phrase":
        kept = tuple(each for each in parts if each)
        made = super().__new__(cls, "".join(kept))
        made.parts = kept
        return made

    @classmethod
    def filled(cls, text: str, locale: str, values: "Mapping[str, LocalizedText | Phrase]") -> "Phrase":
        """`text` in `locale`, with each `{name}` replaced."""
        return cls(_pieces(text, locale, values))

    @classmethod
    def listed(cls, said: Iterable[LocalizedText], locale: str) -> "Phrase":
        """As CLDR lists them: `a, b and c`."""
        each = {str(at): one for at, one in enumerate(said)}
        return cls.filled(words.listed([f"{{{at}}}" for at in each], locale), locale, each)

    @classmethod
    def joined(cls, sentences: "Iterable[Phrase]", locale: str) -> "Phrase":
        """Sentences one after the other."""
        each = {str(at): one for at, one in enumerate(sentences)}
        return cls.filled(" ".join(f"{{{at}}}" for at in each), locale, each)


def _pieces(text: str, locale: str, values: Mapping[str, LocalizedText | Phrase]) -> Iterator[LocalizedText]:
    for at, piece in enumerate(re.split(r"\{(\w+)\}", text)):
        if at % 2 == 0:
            yield LocalizedText(piece, locale)
            continue
        value = values[piece]
        yield from value.parts if isinstance(value, Phrase) else (value,)


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

    @property
    def emergency(self) -> LocalizedText:
        """Why the notice period was not kept; empty where it was."""
        return LocalizedText(self.release.emergency, self.facts.source_language)

    def word(self, key: str) -> LocalizedText:
        """Markdown for prose, plain text for names. Raises KeyError where the policy has no such word."""
        if key not in self._said:
            texts, source = self.release.policy.words, self.facts.source_language
            language = self.locale if key in texts.get(self.locale, {}) else source
            self._said[key] = LocalizedText(words.fill(texts[language][key], self._values(language)), language)
        return self._said[key]

    def mark(self, said: LocalizedText) -> dict[str, str]:
        """The attributes of an element that holds `said`: its language, where it is not the reader's."""
        if said.language == self.locale:
            return {}
        return {"lang": said.language, "dir": i18n.direction(said.language)}

    def told_by(self, entry: EditionEntry) -> "Reading":
        """The same reader, before the release whose facts and words tell `entry`."""
        if entry.release is self.release:
            return self
        return self._of_earlier(entry.release)

    def entity(self, engagement: Engagement) -> Entity:
        return self.facts.entity(engagement.entity)

    def rows(self, kind: str) -> tuple[EditionEntry, ...]:
        return self.edition.of_kind(kind, self.region)

    @property
    def entries(self) -> tuple[EditionEntry, ...]:
        """The rows of every kind."""
        return tuple(each for each in self.edition.entries if each.engagement.concerns(self.region))

    def in_force(self, coming: Engagement) -> EditionEntry | None:
        """What stands in its place until it takes effect; None where it is new."""
        return self._replaced.get(coming.id)

    def listed(self, kind: str, keys: Iterable[str]) -> Phrase:
        """`data.account`, `data.contact` as one list: "account data and contact details"."""
        wanted = (kind, *keys)
        if wanted not in self._listed:
            self._listed[wanted] = Phrase.listed([self.word(f"{kind}.{key}") for key in keys], self.locale)
        return self._listed[wanted]

    @cached_property
    def written(self) -> int:
        """How much of the policy is in the reader's language: whole per cent, 100 only where all of it is."""
        wanted = words.word_keys(self.facts)
        return len(wanted & self.release.policy.words.get(self.locale, {}).keys()) * 100 // max(1, len(wanted))

    @cached_property
    def is_reviewed(self) -> bool:
        """Whether a person stands behind every translated text."""
        made = self.release.policy.translations.get(self.locale, {})
        return all(each.state is TranslationState.REVIEWED for each in made.values())

    @cached_property
    def _said(self) -> dict[str, LocalizedText]:
        return {}

    @cached_property
    def _listed(self) -> dict[tuple[str, ...], Phrase]:
        return {}

    def _values(self, language: str) -> dict[str, str]:
        if language not in self._filled:
            self._filled[language] = words.values(self.release.policy, language, self._engaged)
        return self._filled[language]

    @cached_property
    def _engaged(self) -> list[Engagement] | None:
        """What prose may speak of: a place that is only proposed is not where anything happens yet.

        None, for all of the release, where the earlier releases are not at hand.
        """
        if not set(self.release.standing.values()) <= self.edition.earlier.keys():
            return None
        return [each.engagement for each in self.edition.entries if each.status is not EngagementStatus.PROPOSED]

    @cached_property
    def _filled(self) -> dict[str, dict[str, str]]:
        return {}

    def _of_earlier(self, release: Release) -> "Reading":
        if release.number not in self._earlier:
            self._earlier[release.number] = replace(self, edition=Edition(release, self.edition.day, {}))
        return self._earlier[release.number]

    @cached_property
    def _replaced(self) -> dict[str, EditionEntry]:
        return {each.engagement.id: each for each in self.edition.entries if each.coming}

    @cached_property
    def _earlier(self) -> dict[int, "Reading"]:
        return {}


def reading_of(release: Release, locale: str, region: Audience | None = None) -> Reading:
    """`release` by itself, as it read when it was published: enough to tell changes by."""
    return Reading(Edition(release, release.published_at.date(), {}), locale, region)
