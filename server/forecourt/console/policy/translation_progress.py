"""How far each language has come: which texts are missing, stale, unread or reviewed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from forecourt.policy.localization.word_keys import required_word_keys, source_hash
from forecourt.policy.model import Policy, TranslationState


class TranslationStatus(StrEnum):
    """Of one text in one language. `WRITTEN` is the source language's."""

    MISSING = "missing"
    STALE = "stale"
    MACHINE = "machine"
    REVIEWED = "reviewed"
    WRITTEN = "written"
    UNUSED = "unused"


@dataclass(frozen=True)
class LanguageProgress:
    """Of one language; `translated` and `reviewed` are whole per cent, 100 only where all of it is."""

    language: str
    wanted: int
    missing: int
    stale: int
    machine: int

    @property
    def translated(self) -> int:
        return self._share(self.missing)

    @property
    def reviewed(self) -> int:
        return self._share(self.missing + self.stale + self.machine)

    def _share(self, without: int) -> int:
        return (self.wanted - without) * 100 // max(1, self.wanted)


def keys(policy: Policy) -> list[str]:
    """Every key the facts ask for or a language has, in the order in which they stand on the page."""
    had = {key for texts in policy.words.values() for key in texts}
    order = {name: at for at, name in enumerate(policy.facts.sections)}

    def place(key: str) -> tuple[int, int, str]:
        kind, _, rest = key.partition(".")
        return _KINDS.get(kind, len(_KINDS)), order.get(rest.partition(".")[0], len(order)), _title_first(key)

    return sorted(had | required_word_keys(policy.facts), key=place)


_ORDER = ("title", "summary", "note", "section", "table", "service", "purpose", "data", "subject", "place", "product")
_KINDS = {kind: at for at, kind in enumerate(_ORDER)}


def _title_first(key: str) -> str:
    return key.removesuffix(".title")


def standing(policy: Policy, language: str, key: str, wanted: set[str]) -> TranslationStatus:
    """`wanted`: `word_keys` of the facts."""
    text = policy.words.get(language, {}).get(key)
    if key not in wanted:
        return TranslationStatus.UNUSED
    if text is None:
        return TranslationStatus.MISSING
    if language == policy.facts.source_language:
        return TranslationStatus.WRITTEN
    made = policy.translations.get(language, {}).get(key)
    if made is None:
        return TranslationStatus.REVIEWED  # people wrote it before states were kept
    if made.source != source_hash(policy.words.get(policy.facts.source_language, {}).get(key, "")):
        return TranslationStatus.STALE
    return TranslationStatus.REVIEWED if made.state is TranslationState.REVIEWED else TranslationStatus.MACHINE


def progress(policy: Policy, languages: tuple[str, ...]) -> Iterator[LanguageProgress]:
    """Of each language but the source's, those the site offers and those the policy has."""
    wanted = required_word_keys(policy.facts)
    for language in sorted({*languages, *policy.words} - {policy.facts.source_language}):
        found = Counter(standing(policy, language, key, wanted) for key in wanted)
        yield LanguageProgress(
            language,
            len(wanted),
            found[TranslationStatus.MISSING],
            found[TranslationStatus.STALE],
            found[TranslationStatus.MACHINE],
        )


def is_prose(key: str) -> bool:
    """Whether the text is Markdown of several paragraphs, as `render.prose` shows it."""
    kind, _, rest = key.partition(".")
    return kind in ("summary", "note") or (kind == "section" and rest.endswith(".text"))
