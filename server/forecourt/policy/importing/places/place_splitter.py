"""Parts a cell's words where one place ends and the next begins, but never inside brackets or a country's own name."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from forecourt.policy.importing.places import countries
from forecourt.policy.importing.places.place_names import PlaceKind, find_senses

_BETWEEN_LISTS = re.compile(r"[;\n•·|+]")
_ALTERNATIVES = "or|eller|oder|lub|tai"
_CONJUNCTIONS = f"and/or|and|og|och|und|et|y|samt|sowie|sekä|{_ALTERNATIVES}"
_CONJUNCTIONS_IN = {"it": "e|ed|o", "pt": "e|ou", "es": "e|o|u", "fr": "ou", "nl": "en|of", "pl": "i|oraz", "fi": "ja"}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_BESIDE = (
    re.compile(r"(?P<main>[^()\[\]]+?)\s*[(\[](?P<beside>[^()\[\]]+)[)\]]\W*"),
    re.compile(r"(?P<main>.+?)(?:\s+[-–—]+\s+|\s*:\s+)(?P<beside>.+)", re.DOTALL),
)
_HYPHENATED = re.compile(r"(?P<main>[^-–—:]+)[-–—:](?P<beside>.+)")


def split_list(text: str, language: str) -> Iterator[list[str]]:
    """Yields sequences. In each one, a place may belong to the country after it."""
    for piece in _split(text, _BETWEEN_LISTS, language):
        main, _, beside = piece.partition(":")
        if beside and find_senses(main, language):  # `US: Oregon, Virginia`
            yield [piece]
        else:
            yield list(_split_sequence(piece, language))


def _split_sequence(text: str, language: str) -> Iterator[str]:
    for part in _split(text, _between_parts(language), language):
        parts = list(_split(part, re.compile("/"), language))
        slashes_part = len(parts) > 1 and (" / " in part or any(_is_own_place(each, language) for each in parts))
        yield from parts if slashes_part else [part]


def names_alternatives(text: str) -> bool:
    return bool(re.search(rf"\s(?:{_ALTERNATIVES})\s", text, re.IGNORECASE))


def split_beside(part: str, language: str) -> tuple[str, str]:
    """Returns `USA` and `Oregon` of `USA (Oregon)`, `USA - Oregon` and `USA: Oregon`, and else `part` and blank."""
    if find_senses(part, language):
        return part, ""
    for pattern in _BESIDE:
        if match := pattern.fullmatch(part):
            return match["main"].strip(), match["beside"].strip()
    match = _HYPHENATED.fullmatch(part)
    if match and _is_own_place(match["main"], language) and _is_within(match["beside"], match["main"], language):
        return match["main"].strip(), match["beside"].strip()
    return part, ""


def _is_within(beside: str, main: str, language: str) -> bool:
    """Returns whether a place may lie in another: BY is Bavaria in `DE-BY`, and no country."""
    senses, countries_of_main = find_senses(beside, language), {each.country for each in find_senses(main, language)}
    if re.fullmatch("[A-Z]{2}", main) and re.fullmatch("[A-Z]{2}", beside) and countries_of_main != {""}:
        return any(sense.kind is PlaceKind.SUBDIVISION and sense.country in countries_of_main for sense in senses)
    return bool(senses)


def _is_own_place(part: str, language: str) -> bool:
    """Returns whether a part names a country or region, which no place has in its own name after a slash."""
    main, _ = split_beside(part, language) if "(" in part else (part, "")
    return any(sense.kind is not PlaceKind.CITY for sense in find_senses(main, language))


@cache
def _between_parts(language: str) -> re.Pattern[str]:
    words = "|".join(filter(None, (_CONJUNCTIONS, _CONJUNCTIONS_IN.get(language[:2], ""))))
    return re.compile(rf",|\s(?:{words}|&)(?=\s)", re.IGNORECASE)


def _split(text: str, pattern: re.Pattern[str], language: str) -> Iterator[str]:
    names = countries.compound_names(language)
    wholes = [each.span() for each in (*_BRACKETS.finditer(text), *names.finditer(text))]
    spans = [each.span() for each in pattern.finditer(text)]
    cuts = [(start, end) for start, end in spans if not any(first < end and start < last for first, last in wholes)]
    for (_, start), (end, _) in pairwise([(0, 0), *cuts, (len(text), len(text))]):
        if part := text[start:end].strip(" ,;\t-–—"):
            yield part
