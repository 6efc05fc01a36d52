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
    cldr_names = {str(code): str(name) for code, name in i18n.cldr(language).territories.items()}
    long_names = {
        code: name
        for code, name in cldr_names.items()
        if (code in WITHIN or re.fullmatch("[A-Z]{2}", code)) and code not in _NO_PLACE
    }
    short_names = {code: re.sub(r" *[(（].*", "", name) for code, name in long_names.items()}
    shared_names = {name for name, count in Counter(short_names.values()).items() if count > 1}
    return {code: long_names[code] if name in shared_names else name for code, name in short_names.items()}


def find_countries(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yields code and name of each country and region that `text` names."""
    for match in _name_pattern(language).finditer(text):
        yield _code_of(match["name"], language), match["name"]


def is_ambiguous(code: str, name: str, language: str) -> bool:
    """Returns whether the word may well mean something else: a person, a law, in Vietnamese any single syllable."""
    return code in _NAMESAKES or name in _AMBIGUOUS or (language == "vi" and " " not in name)


@cache
def _name_pattern(language: str) -> re.Pattern[str]:
    base = language.partition("-")[0]
    longest = sorted(_codes_by_name(language), key=len, reverse=True)
    if base in _WITHOUT_SPACES:
        patterns = [_with_word_bounds(each) for each in longest]
        return re.compile(f"(?P<name>{'|'.join(patterns)})")
    patterns = [_with_endings(each, base) for each in longest]
    return re.compile(rf"(?<!\w){_JOINED.get(base, '')}(?P<name>{'|'.join(patterns)})(?!\w)")


def _with_word_bounds(name: str) -> str:
    """Returns a pattern for the name as a whole word. Only letters and katakana show where a word ends."""
    pattern = re.escape(name)
    return f"(?<!{_RUN}){pattern}(?!{_RUN})" if re.match(_RUN, name) else pattern


@cache
def _codes_by_name(language: str) -> dict[str, str]:
    """Returns name -> code. Names that CLDR does not have are ours, and CLDR's come first."""
    codes_by_name = {name: code for code, name in country_names(language).items() if len(name) > 1}
    codes_by_spelled_out_name = (
        {name.replace(" & ", " and "): code for name, code in codes_by_name.items()} if language == "en" else {}
    )
    return {**_OTHER_NAMES, **codes_by_spelled_out_name, **codes_by_name}


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
    codes_by_name = _codes_by_name(language)
    if name in codes_by_name:
        return codes_by_name[name]
    longest = sorted(codes_by_name, key=len, reverse=True)
    base = language.partition("-")[0]
    return next(codes_by_name[each] for each in longest if re.fullmatch(_with_endings(each, base), name))
