"""This module shows an edition to one reader: in a language, for a region. Every output is made from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.localization import placeholders
from forecourt.policy.localization.localized_text import LocalizedText, MultilingualText
from forecourt.policy.model import (
    Audience,
    Engagement,
    EngagementStatus,
    Entity,
    Facts,
    Level,
    Release,
    TranslationState,
)
from forecourt.policy.word_keys import expected_word_keys


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

    @property
    def states_audiences(self) -> bool:
        """Checks whether the list says of any engagement whose data it touches, so that regions tell readers apart."""
        return any(engagement.audiences for engagement in self.facts.engagements)

    @property
    def work_heading(self) -> str:
        """Returns the heading of the column that says what is done: of services, or only of purposes."""
        has_services = any(engagement.service for engagement in self.facts.engagements)
        return i18n.words(self.locale)("policy.column.service" if has_services else "policy.heading.purpose")

    @property
    def title(self) -> LocalizedText:
        """Returns the page's title, or ours where the policy has none."""
        return self.text("title") or LocalizedText(i18n.words(self.locale)("page.policy"), self.locale)

    def work_name(self, engagement: Engagement) -> LocalizedText:
        """Returns the service, or the purpose where the policy does not name the service."""
        return self.text(engagement.work_key)

    def text(self, key: str) -> LocalizedText:
        """Returns one of the policy's texts: Markdown for prose, plain text for names.

        It is in the source language where it is not translated, and empty where a listed policy lacks it. Raises
        KeyError where a complete one does.
        """
        if key not in self._texts:
            self._texts[key] = self._find_text(key)
        return self._texts[key]

    def _find_text(self, key: str) -> LocalizedText:
        words, source = self.release.policy.words, self.facts.source_language
        if self.facts.level is Level.LISTED and key not in words.get(source, {}):
            return LocalizedText("", self.locale)
        language = self.locale if key in words.get(self.locale, {}) else source
        return LocalizedText(placeholders.fill(words[language][key], self._placeholder_values(language)), language)

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
        required = expected_word_keys(self.release.policy)
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
