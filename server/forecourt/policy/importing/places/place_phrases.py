"""Finds the places in a phrase: in `Hosted in Germany`, and in `San Francisco CA USA`, which lacks its commas."""

import re

from forecourt.policy.importing.places.place_names import find_senses

_IN = re.compile(
    r"(?:(?:hosted|stored|located|based|processed|headquartered|servers?|data ?cent(?:er|re)s?)\s+)?"
    r"(?:with)?in(?:side)?\s+(?:the\s+)?(?P<place>\S.*)",
    re.IGNORECASE,
)
_BASED = re.compile(r"(?P<place>.*\S)(?:[\s-]+(?:based|only|region|data ?cent(?:er|re)s?))", re.IGNORECASE)
_MARKS = re.compile(r"[()\[\]:;/&+]|\s[-–—]+\s")
_WORDS_AT_MOST = 8


def find_places(part: str, language: str) -> list[str]:
    """Returns the places that a part names, one after the other; the part itself where it is not of places only."""
    if find_senses(part, language):
        return [part]
    for pattern in (_IN, _BASED):
        if (match := pattern.fullmatch(part.strip())) and find_senses(match["place"], language):
            return [match["place"]]
    words = [] if _MARKS.search(part) else part.split()
    return _split_words(words, language) if 1 < len(words) <= _WORDS_AT_MOST else [part]


def _split_words(words: list[str], language: str) -> list[str]:
    """Returns the longest places of which the words are made; the words as they are where one is in no place."""
    for start in range(1, len(words)):
        if find_senses(" ".join(words[start:]), language):
            head = find_places(" ".join(words[:start]), language)
            if all(find_senses(each, language) for each in head):
                return [*head, " ".join(words[start:])]
    return [" ".join(words)]
