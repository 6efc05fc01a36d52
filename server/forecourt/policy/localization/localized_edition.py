"""This module shows an edition to one reader: in a language, for a region. Every output is made from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.localization import placeholders
from forecourt.policy.localization.localized_text import LocalizedText, MultilingualText
from forecourt.policy.localization.word_keys import required_word_keys
from forecourt.policy.model import Audience, Engagement, EngagementStatus, Entity, Facts, Release, TranslationState


@dataclass(frozen=True)
class LocalizedEdition:
    """Holds an edition with its reader's language and region. `region` None shows every engagement."""

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
        """Returns why the notice period was not kept; empty where it was kept."""
        return LocalizedText(self.release.emergency, self.facts.source_language)

    def text(self, key: str) -> LocalizedText:
        """Returns one of the policy's texts: Markdown for prose, plain text for names.

        It is in the source language where it is not translated. Raises KeyError where the policy lacks it.
        """
        if key not in self._texts:
            words, source = self.release.policy.words, self.facts.source_language
            language = self.locale if key in words.get(self.locale, {}) else source
            text = placeholders.fill(words[language][key], self._placeholder_values(language))
            self._texts[key] = LocalizedText(text, language)
        return self._texts[key]

    def lang_attributes(self, text: LocalizedText) -> dict[str, str]:
        """Returns `lang` and `dir` for the element that holds `text`; none where it is in the reader's language."""
        if text.language == self.locale:
            return {}
        return {"lang": text.language, "dir": i18n.direction(text.language)}

    def for_entry(self, entry: EditionEntry) -> "LocalizedEdition":
        """Returns the release that `entry` is from, for the same reader: its facts and texts describe the entry."""
        if entry.release is self.release:
            return self
        return self._for_earlier(entry.release)

    def entity(self, engagement: Engagement) -> Entity:
        return self.facts.entity(engagement.entity)

    def entries_of_kind(self, kind: str) -> tuple[EditionEntry, ...]:
        return self.edition.of_kind(kind, self.region)

    @property
    def entries(self) -> tuple[EditionEntry, ...]:
        return tuple(entry for entry in self.edition.entries if entry.engagement.concerns(self.region))

    @property
    def proposals(self) -> tuple[Engagement, ...]:
        """Returns what is to come for the reader's region, the nearest first."""
        return self.edition.proposals(self.region)

    def entry_in_force(self, proposal: Engagement) -> EditionEntry | None:
        """Returns the version that `proposal` will replace; None where nothing of its id is in force."""
        return self._entries_to_replace.get(proposal.id)

    def list_texts(self, kind: str, keys: Iterable[str]) -> MultilingualText:
        """Returns several texts as one list: kind `data`, keys `account`, `contact`: "account data and contacts"."""
        request = (kind, *keys)
        if request not in self._lists:
            texts = [self.text(f"{kind}.{key}") for key in keys]
            self._lists[request] = MultilingualText.from_list(texts, self.locale)
        return self._lists[request]

    @cached_property
    def translated_percent(self) -> int:
        """Returns how much of the policy is in the reader's language, rounded down: 100 only where all of it is."""
        required = required_word_keys(self.facts)
        return len(required & self.release.policy.words.get(self.locale, {}).keys()) * 100 // max(1, len(required))

    @cached_property
    def is_reviewed(self) -> bool:
        """Checks whether a person stands behind every translated text."""
        translations = self.release.policy.translations.get(self.locale, {})
        return all(translation.state is TranslationState.REVIEWED for translation in translations.values())

    @cached_property
    def _texts(self) -> dict[str, LocalizedText]:
        return {}

    @cached_property
    def _lists(self) -> dict[tuple[str, ...], MultilingualText]:
        return {}

    def _placeholder_values(self, language: str) -> dict[str, str]:
        if language not in self._values:
            values = placeholders.placeholder_values(self.release.policy, language, self._engagements_in_force)
            self._values[language] = values
        return self._values[language]

    @cached_property
    def _engagements_in_force(self) -> list[Engagement] | None:
        """Returns what prose may count places of: where an engagement is only proposed, nothing happens yet.

        Returns None, for all engagements of the release, where the earlier releases were not read.
        """
        if not set(self.release.releases_in_force.values()) <= self.edition.earlier.keys():
            return None
        return [entry.engagement for entry in self.edition.entries if entry.status is not EngagementStatus.PROPOSED]

    @cached_property
    def _values(self) -> dict[str, dict[str, str]]:
        return {}

    def _for_earlier(self, release: Release) -> "LocalizedEdition":
        if release.number not in self._earlier:
            self._earlier[release.number] = replace(self, edition=Edition(release, self.edition.day, {}))
        return self._earlier[release.number]

    @cached_property
    def _entries_to_replace(self) -> dict[str, EditionEntry]:
        return {entry.engagement.id: entry for entry in self.edition.entries if entry.coming}

    @cached_property
    def _earlier(self) -> dict[int, "LocalizedEdition"]:
        return {}


def localize_release(release: Release, locale: str, region: Audience | None = None) -> LocalizedEdition:
    """Returns `release` alone as it read on the day it was published, which is enough to describe its changes."""
    return LocalizedEdition(Edition(release, release.published_at.date(), {}), locale, region)
