"""Says for each text whether it is translated and reviewed, and for each language how far it has come."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from forecourt.policy.model import Policy, TranslationState
from forecourt.policy.word_keys import expected_word_keys, required_word_keys, source_hash


class TranslationStatus(StrEnum):
    """Says how one text stands in one language. `WRITTEN` is the source language's; no fact asks for `UNUSED`."""

    MISSING = "missing"
    STALE = "stale"
    MACHINE = "machine"
    REVIEWED = "reviewed"
    WRITTEN = "written"
    UNUSED = "unused"


@dataclass(frozen=True)
class LanguageProgress:
    """Counts the texts of one language. `translated` and `reviewed` are whole percents, 100 only where all are."""

    language: str
    required: int
    missing: int
    stale: int
    machine: int

    @property
    def translated_percent(self) -> int:
        return self._share_without(self.missing)

    @property
    def reviewed_percent(self) -> int:
        return self._share_without(self.missing + self.stale + self.machine)

    def _share_without(self, count: int) -> int:
        return (self.required - count) * 100 // max(1, self.required)


_KINDS = ("title", "summary", "note", "section", "table", "service", "purpose", "data", "subject", "place", "product")
_KIND_ORDER = {kind: index for index, kind in enumerate(_KINDS)}


def sorted_text_keys(policy: Policy) -> list[str]:
    """Returns every key that the facts ask for or a language has, in the order of the policy's page."""
    written = {key for texts in policy.words.values() for key in texts}
    section_order = {name: index for index, name in enumerate(policy.facts.sections)}

    def order(key: str) -> tuple[int, int, str]:
        kind, _, rest = key.partition(".")
        section = section_order.get(rest.partition(".")[0], len(section_order))
        # A section's title comes before its text.
        return _KIND_ORDER.get(kind, len(_KINDS)), section, key.removesuffix(".title")

    return sorted(written | required_word_keys(policy.facts), key=order)


def translation_status(policy: Policy, language: str, key: str, required: Collection[str]) -> TranslationStatus:
    """Returns how a text stands. `required`: the `required_word_keys` of the facts, which take time to collect."""
    text = policy.words.get(language, {}).get(key)
    if key not in required:
        return TranslationStatus.UNUSED
    if text is None:
        return TranslationStatus.MISSING
    if language == policy.facts.source_language:
        return TranslationStatus.WRITTEN
    translation = policy.translations.get(language, {}).get(key)
    if translation is None:
        return TranslationStatus.REVIEWED  # people wrote it before states were kept
    if translation.source != source_hash(policy.words.get(policy.facts.source_language, {}).get(key, "")):
        return TranslationStatus.STALE
    is_reviewed = translation.state is TranslationState.REVIEWED
    return TranslationStatus.REVIEWED if is_reviewed else TranslationStatus.MACHINE


def measure_progress(policy: Policy, languages: tuple[str, ...]) -> Iterator[LanguageProgress]:
    """Returns the progress of `languages` and of those that the policy has, without the source language."""
    required = expected_word_keys(policy)
    for language in sorted({*languages, *policy.words} - {policy.facts.source_language}):
        counts = Counter(translation_status(policy, language, key, required) for key in required)
        yield LanguageProgress(
            language,
            len(required),
            counts[TranslationStatus.MISSING],
            counts[TranslationStatus.STALE],
            counts[TranslationStatus.MACHINE],
        )


def is_prose(key: str) -> bool:
    """Checks whether the text is Markdown of several paragraphs, as the templates' filter `prose` shows it."""
    kind, _, rest = key.partition(".")
    return kind in ("summary", "note") or (kind == "section" and rest.endswith(".text"))
