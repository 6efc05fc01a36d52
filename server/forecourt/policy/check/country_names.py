"""Finds countries and regions in a text by their names in its language (CLDR), in most grammatical cases."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from babel.core import get_global

from forecourt import i18n
from forecourt.policy.check.transfers import EEA

UNION = "EU"  # CLDR's code of the European Union; the continents' are UN M49's
_OTHER_EUROPEAN = "AD AL BA BY CH FO GB GG GI IM JE MC MD ME MK RS RU SJ SM TR UA VA XK"
_SOUTH_AMERICAN = "AR BO BR CL CO EC FK GF GY PE PY SR UY VE"


def _countries_in_time_zones(*areas: str) -> frozenset[str]:
    """Returns the countries with a time zone in these areas. A small part of some of them lies elsewhere."""
    return frozenset(code for zone, code in get_global("zone_territories").items() if zone.partition("/")[0] in areas)


_AMERICAN = _countries_in_time_zones("America") | {"BM"}
_CONTINENTS = {
    "002": _countries_in_time_zones("Africa", "Indian") - {"ES"} | {"CV", "SH"},
    "003": _AMERICAN - set(_SOUTH_AMERICAN.split()),
    "005": frozenset(_SOUTH_AMERICAN.split()),
    "009": _countries_in_time_zones("Australia", "Pacific"),
    "019": _AMERICAN | set(_SOUTH_AMERICAN.split()),
    "142": _countries_in_time_zones("Asia") | {"TR"},
    "150": EEA | frozenset(_OTHER_EUROPEAN.split()),
}
WITHIN = _CONTINENTS | {UNION: EEA - {"IS", "LI", "NO"}}

_NO_PLACE = frozenset(("EZ", "QO", "UN", "XA", "XB", "ZZ"))  # codes of CLDR that are no country
# Names that people, places and islands share with a country, whatever the language.
_NAMESAKES = frozenset(("GD", "GE", "GN", "JE", "JO", "RE", "TD"))
_OTHER_NAMES = {
    "USA": "US", "UK": "GB", "Great Britain": "GB", "Northern Ireland": "GB", "England": "GB", "Scotland": "GB",
    "Wales": "GB", "Czech Republic": "CZ", "Turkey": "TR", "Hong Kong": "HK", "New Mexico": "US", "New Jersey": "US",
}  # fmt: skip
_AMBIGUOUS = frozenset(("UK", "Wales", "New Mexico", "New Jersey"))  # "UK GDPR" is a law, and nobody's place
_INFLECTED_LANGUAGES = "bg cs de el et fi hr hu lt lv pl ro ru sk sl sr tr uk"
_WITHOUT_SPACES = ("ja", "km", "lo", "my", "th", "zh")
_RUN = "[A-Za-z\u30a0-\u30ff]"  # Latin letters and katakana
_JOINED = {"ar": "[وفبلك]{0,2}"}  # "and", "in", "to", "as" are written as one word with what follows


@cache
def country_names(language: str) -> dict[str, str]:
    """Returns code -> name as a sentence has it, without what stands in brackets unless that tells two apart."""
    known = {str(code): str(name) for code, name in i18n.cldr(language).territories.items()}
    whole = {
        code: name
        for code, name in known.items()
        if (code in WITHIN or re.fullmatch("[A-Z]{2}", code)) and code not in _NO_PLACE
    }
    short = {code: re.sub(r" *[(（].*", "", name) for code, name in whole.items()}
    shared = {name for name, count in Counter(short.values()).items() if count > 1}
    return {code: whole[code] if name in shared else name for code, name in short.items()}


def find_countries(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yields code and name of each country and region that `text` names."""
    for each in _name_pattern(language).finditer(text):
        yield _code_of(each["name"], language), each["name"]


def is_ambiguous(code: str, name: str, language: str) -> bool:
    """Returns whether the word may well mean something else: a person, a law, in Vietnamese any single syllable."""
    return code in _NAMESAKES or name in _AMBIGUOUS or (language == "vi" and " " not in name)


@cache
def _name_pattern(language: str) -> re.Pattern[str]:
    base = language.partition("-")[0]
    longest = sorted(_codes_by_name(language), key=len, reverse=True)
    if base in _WITHOUT_SPACES:
        parts = [_with_word_bounds(each) for each in longest]
        return re.compile(f"(?P<name>{'|'.join(parts)})")
    parts = [_with_endings(each, base) for each in longest]
    return re.compile(rf"(?<!\w){_JOINED.get(base, '')}(?P<name>{'|'.join(parts)})(?!\w)")


def _with_word_bounds(name: str) -> str:
    """Returns a pattern for the name as a whole word. Only letters and katakana show where a word ends."""
    whole = re.escape(name)
    return f"(?<!{_RUN}){whole}(?!{_RUN})" if re.match(_RUN, name) else whole


@cache
def _codes_by_name(language: str) -> dict[str, str]:
    """Returns name -> code. Names that CLDR does not have are ours, and CLDR's come first."""
    own = {name: code for code, name in country_names(language).items() if len(name) > 1}
    both = {name.replace(" & ", " and "): code for name, code in own.items()} if language == "en" else {}
    return {**_OTHER_NAMES, **both, **own}


def _with_endings(name: str, language: str) -> str:
    if language not in _INFLECTED_LANGUAGES.split():
        return re.escape(name) + ("s?" if language in ("da", "nb", "nl", "sv") else "")
    return " ".join(_word_stem(word) for word in name.split(" "))


def _word_stem(word: str) -> str:
    """Returns a pattern for the word with endings. A last vowel gives way to them; short words have none."""
    if len(word) < 5:
        return re.escape(word)
    is_open = word[-1].lower() in "aeiouyáéíóúýäöüąęėīāēūăîаеиоуыяюійαειουηωάέήίόύώ"
    if not is_open and len(word) < 6:
        return re.escape(word)
    return re.escape(word[: -1 if is_open else None]) + r"\w{0,4}"


@cache
def _code_of(name: str, language: str) -> str:
    spoken = _codes_by_name(language)
    if name in spoken:
        return spoken[name]
    longest = sorted(spoken, key=len, reverse=True)
    base = language.partition("-")[0]
    return next(spoken[each] for each in longest if re.fullmatch(_with_endings(each, base), name))
