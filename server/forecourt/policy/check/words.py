"""That every language has every text, none is stale, and all tell the same facts.

What another language lacks or has not followed is a warning: the page falls back to the source language and says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from forecourt.policy.check.flaw import FACTS_FILE, Flaw, words_file
from forecourt.policy.model import Policy
from forecourt.policy.reading import words

# Controls but for tab and line feed, and marks that turn the direction of what follows (UAX #9).
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def flaws(policy: Policy) -> Iterator[Flaw]:
    source = policy.facts.source_language
    if source not in policy.words:
        mend = f"is missing; it is the source language that {FACTS_FILE} names"
        yield Flaw(words_file(source), "", mend, "missing-file")
    wanted, known = words.word_keys(policy.facts), words.placeholders(policy.facts)
    named = {key: words.named(text) for key, text in policy.words.get(source, {}).items()}
    for language, texts in sorted(policy.words.items()):
        file = words_file(language)
        yield from _asked(file, texts, wanted, language == source)
        yield from _written(file, texts)
        yield from _filled(file, texts, named, known)
        if language != source:
            yield from _followed(policy, language, texts)


def _asked(file: str, texts: Mapping[str, str], wanted: set[str], is_source: bool) -> Iterator[Flaw]:
    rule = "missing-word" if is_source else "missing-translation"
    for key in sorted(wanted - texts.keys()):
        yield Flaw(file, key, "is missing; write it in this language", rule, is_source)
    for key in sorted(texts.keys() - wanted):
        mend = f"no fact asks for it; remove it, or mend its spelling or {FACTS_FILE}"
        yield Flaw(file, key, mend, "unasked-word")


def _written(file: str, texts: Mapping[str, str]) -> Iterator[Flaw]:
    for key, text in texts.items():
        if not text.strip():
            yield Flaw(file, key, "is blank; write it in this language", "blank-word")
        elif _NOT_IN_TEXT.search(text):
            mend = "has a control or a mark that turns the direction of text in it; write plain text"
            yield Flaw(file, key, mend, "unprintable")


def _filled(file: str, texts: Mapping[str, str], source: Mapping[str, set[str]], known: set[str]) -> Iterator[Flaw]:
    for key, text in texts.items():
        here = words.named(text) if "{" in text else set()
        for name in sorted(here - known):
            yield Flaw(
                file, key, f"{{{name}}} is no fact; use one of {', '.join(sorted(known))}", "unknown-placeholder"
            )
        if here != source.get(key, here):
            mend = f"names other facts than the source language does, which names {_braced(source[key]) or 'none'}"
            yield Flaw(file, key, mend, "other-placeholders")


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def is_stale(policy: Policy, language: str, key: str) -> bool:
    """Whether the source text is known to have changed since it was translated."""
    made = policy.translations.get(language, {}).get(key)
    text = policy.words.get(policy.facts.source_language, {}).get(key)
    return made is not None and text is not None and made.source != words.source_hash(text)


def _followed(policy: Policy, language: str, texts: Mapping[str, str]) -> Iterator[Flaw]:
    file, made = words_file(language), policy.translations.get(language, {})
    for key in sorted(texts.keys() & made.keys()):
        if is_stale(policy, language, key):
            mend = "is stale: the source text has changed since; look it over, and keep the new text's hash"
            yield Flaw(file, key, mend, "stale-translation", False)
    if silent := len(texts.keys() - made.keys()):
        mend = f"{silent} of its texts do not say who translated them; say so under [translations]"
        yield Flaw(file, "", mend, "unknown-translator", False)
    for key in sorted(made.keys() - texts.keys()):
        mend = "tells who translated a text that is not there; remove it"
        yield Flaw(file, f"translations.{key}", mend, "unused-translation", False)
