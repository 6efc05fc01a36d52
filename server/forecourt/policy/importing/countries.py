"""Knows countries as people write them: CLDR's names in the page's language and English, ISO codes, common names."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from forecourt.policy.files.folder_reader import country_codes

_COMMON_NAMES = {
    "US": "usa|us|united states of america|the united states|america|estados unidos|amerikas forente stater",
    "GB": "uk|great britain|britain|england|scotland|wales|northern ireland|the united kingdom",
    "NL": "holland|the netherlands",
    "CZ": "czech republic|czechia",
    "KR": "south korea|korea|republic of korea|sør-korea",
    "RU": "russian federation|russia",
    "AE": "uae|u.a.e.|emirates",
    "IE": "republic of ireland|eire",
    "HK": "hong kong",
    "MO": "macau|macao",
    "TR": "turkey|türkiye",
    "VN": "viet nam|vietnam",
    "TW": "taiwan",
    "SK": "slovak republic",
    "CI": "ivory coast",
    "MD": "moldova",
    "MK": "macedonia",
}
_REGIONS = (
    "eu|eea|eøs|european union|european economic area|europe|europa|worldwide|global|globalt|apac|asia|asia-pacific|"
    "emea|latam|americas|north america|various|multiple|den europeiske union|nord-amerika|hele verden|ulike|flere"
)


def country_code(name: str, language: str) -> str | None:
    """Returns the ISO 3166-1 code of a country's name, or None."""
    return _country_codes(language).get(_fold_name(name))


def is_region(name: str) -> bool:
    return _fold_name(name) in _REGIONS.split("|")


@cache
def _country_codes(language: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for locale in ("en", language):
        names = Locale.parse(locale, sep="-").territories
        codes |= {_fold_name(str(names[each])): each for each in sorted(country_codes()) if each in names}
    codes |= {each.lower(): to[0] for each, to in get_global("territory_aliases").items() if to[0] in country_codes()}
    codes |= {_fold_name(name): each for each, names in _COMMON_NAMES.items() for name in names.split("|")}
    return codes | {each.lower(): each for each in country_codes()}


def _fold_name(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace(".", "").replace("&", "and").strip(" *,;:()")).casefold()
