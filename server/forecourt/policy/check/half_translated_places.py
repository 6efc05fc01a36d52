"""Checks that the words for a place are all of one language."""

from collections.abc import Iterator

from forecourt.policy.check import country_names
from forecourt.policy.check.finding import Finding, remedy, words_file
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.model import Policy

HALF_TRANSLATED = "half-translated-place"
# English words that remain where only half of a place was translated.
_ENGLISH = "northern southern eastern western north south east united kingdom states"


def find_half_translated_places(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    source = policy.facts.source_language
    original = texts.of_language(source)
    for language, words in texts.languages():
        # Where the prose is still the source language's, nothing is translated yet.
        if all(original.get(key) == text for key, text in words.items() if key.startswith("section.")):
            continue
        for key, text in words.items():
            if key.startswith("place.") and (
                untranslated_word := _untranslated_word(text, original.get(key, ""), source, language)
            ):
                yield Finding(
                    words_file(language), key, remedy("half_translated", left=untranslated_word), HALF_TRANSLATED
                )


def _untranslated_word(text: str, original: str, source: str, language: str) -> str | None:
    """Returns a word of the source language that `text` still has, or None."""
    names_by_code, ours = country_names.country_names(language), {*country_names.find_countries(text, language)}
    for code, name in country_names.find_countries(text, source):
        if name not in names_by_code.get(code, name) and (code, name) not in ours:
            return name
    if source == "en" and text != original:
        known_words = " ".join(names_by_code.values()).casefold().split()
        return next((word for word in text.split() if word.casefold() in {*_ENGLISH.split()} - {*known_words}), None)
    return None
