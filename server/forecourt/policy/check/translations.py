"""Checks that every language has every text, none is stale, and all name the same facts.

What another language lacks or has not followed is a warning: the page falls back to the source language and says so.
"""

from collections.abc import Iterator, Mapping

from forecourt.characters import POLICY_TEXT, describe_character
from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy, words_file
from forecourt.policy.localization.placeholders import available_placeholders, find_placeholders
from forecourt.policy.model import Policy
from forecourt.policy.word_keys import expected_word_keys, required_word_keys, source_hash


def check_translations(policy: Policy) -> Iterator[Finding]:
    source = policy.facts.source_language
    if source not in policy.words:
        yield Finding(words_file(source), "", remedy("missing_source_words", file=FACTS_FILE), "missing-file")
    expected_keys, placeholders = expected_word_keys(policy), available_placeholders(policy.facts)
    used_keys = required_word_keys(policy.facts)
    source_names = {key: find_placeholders(text) for key, text in policy.words.get(source, {}).items()}
    for language, texts in sorted(policy.words.items()):
        file = words_file(language)
        yield from _check_expected_words(file, texts, expected_keys, used_keys, language == source)
        yield from _check_texts(file, texts)
        yield from _check_placeholders(file, texts, source_names, placeholders)
        if language != source:
            yield from _check_translation_state(policy, language, texts)


def _check_expected_words(
    file: str, texts: Mapping[str, str], expected_keys: set[str], used_keys: set[str], is_source: bool
) -> Iterator[Finding]:
    rule = "missing-word" if is_source else "missing-translation"
    for key in sorted(expected_keys - texts.keys()):
        yield Finding(file, key, remedy("missing_word"), rule, is_source)
    for key in sorted(texts.keys() - used_keys):
        yield Finding(file, key, remedy("unasked_word", file=FACTS_FILE), "unasked-word")


def _check_texts(file: str, texts: Mapping[str, str]) -> Iterator[Finding]:
    for key, text in texts.items():
        if not text.strip():
            yield Finding(file, key, remedy("blank_word"), "blank-word")
        elif character := POLICY_TEXT.find_in(text):
            says = remedy("unprintable_text", character=describe_character(character))
            yield Finding(file, key, says, "unprintable")


def _check_placeholders(
    file: str, texts: Mapping[str, str], source: Mapping[str, set[str]], placeholders: set[str]
) -> Iterator[Finding]:
    for key, text in texts.items():
        placeholders_here = find_placeholders(text) if "{" in text else set()
        for name in sorted(placeholders_here - placeholders):
            says = remedy("unknown_placeholder", name=f"{{{name}}}", known=tuple(sorted(placeholders)))
            yield Finding(file, key, says, "unknown-placeholder")
        if (source_names := source.get(key, placeholders_here)) != placeholders_here:
            theirs = tuple(f"{{{name}}}" for name in sorted(source_names))
            says = remedy("other_placeholders", theirs=theirs) if theirs else remedy("needless_placeholders")
            yield Finding(file, key, says, "other-placeholders")


def is_stale(policy: Policy, language: str, key: str) -> bool:
    """Returns whether the source text is known to have changed since it was translated."""
    translation = policy.translations.get(language, {}).get(key)
    text = policy.words.get(policy.facts.source_language, {}).get(key)
    return translation is not None and text is not None and translation.source != source_hash(text)


def _check_translation_state(policy: Policy, language: str, texts: Mapping[str, str]) -> Iterator[Finding]:
    file, translations = words_file(language), policy.translations.get(language, {})
    for key in sorted(texts.keys() & translations.keys()):
        if is_stale(policy, language, key):
            yield Finding(file, key, remedy("stale_translation"), "stale-translation", False)
    if unattributed_count := len(texts.keys() - translations.keys()):
        yield Finding(file, "", remedy("unknown_translator", number=unattributed_count), "unknown-translator", False)
    for key in sorted(translations.keys() - texts.keys()):
        yield Finding(file, f"translations.{key}", remedy("unused_translation"), "unused-translation", False)
