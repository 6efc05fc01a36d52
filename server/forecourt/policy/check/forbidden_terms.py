"""Checks that each idea has one word in a language: the glossary's, and none that it says to avoid."""

import re
from collections.abc import Iterator

from forecourt.policy.check.finding import Finding, remedy, words_file
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.model import Policy, Term

FORBIDDEN = "forbidden-term"
_WITHOUT_SPACES = ("ja", "km", "lo", "my", "th", "zh")  # languages that put no space between words


def find_forbidden_terms(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    for language, terms in policy.glossary.items():
        instead = {_lower_case(word): term.use for term in terms.values() for word in term.avoid if word.strip()}
        if not instead:
            continue
        pattern = _avoided_pattern(terms, list(instead), language)
        for key, text in texts.of_language(language).items():
            for word in sorted(set(pattern.findall(text.casefold()))):
                says = remedy("forbidden_term", word=word, instead=instead[word])
                yield Finding(words_file(language), key, says, FORBIDDEN)


def _avoided_pattern(terms: dict[str, Term], avoided_words: list[str], language: str) -> re.Pattern[str]:
    """Returns a pattern for avoided words with an ending of up to five letters, unless they begin a wanted word."""
    allowed_uses = _alternatives(
        [use for term in terms.values() if (use := _lower_case(term.use)).startswith(tuple(avoided_words))]
    )
    edges = ("", "") if language.partition("-")[0] in _WITHOUT_SPACES else (r"(?<!\w)", r"\w{0,5}(?!\w)")
    return re.compile(rf"{edges[0]}(?!{allowed_uses or '(?!)'})({_alternatives(avoided_words)}){edges[1]}")


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


def _lower_case(word: str) -> str:
    return " ".join(word.casefold().split())
