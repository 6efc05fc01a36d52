"""Knows countries and regions as people write them: CLDR's names in many languages, ISO codes, common names.

A code counts only in capitals: "no", "per" and "are" are words.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache

from babel import Locale
from babel.core import get_global

from forecourt.policy.files.folder_reader import country_codes

LANGUAGES = ("en", "nb", "sv", "da", "de", "nl", "fr", "es", "it", "pt", "pl", "fi")
_COMMON_NAMES = {
    "US": "usa|us|u s a|u s|united states of america|america|forente stater|de forente stater|"
    "estados unidos da américa|estados unidos de américa|"
    "amerikas forente stater|vereinigte staaten von amerika|verenigde staten van amerika|états-unis d'amérique|"
    "stati uniti d'america|stany zjednoczone ameryki|eua|ee. uu.|eeuu|vs|vsa",
    "GB": "uk|u k|"
    "great britain|britain|grossbritannien|großbritannien|verenigd koninkrijk|grande-bretagne|gran bretaña|"
    "united kingdom of great britain and northern ireland",
    "NL": "holland|kingdom of the netherlands|netherlands, kingdom of the",
    "CZ": "czech republic|czechia|tschechische republik",
    "KR": "korea|republic of korea|korea, republic of|korea (republic of)|korea, south",
    "KP": "democratic people's republic of korea|korea, democratic people's republic of|korea, north",
    "RU": "russian federation",
    "AE": "uae|emirates",
    "IE": "republic of ireland|eire|éire",
    "HK": "hong kong|hongkong|hong kong sar|hong kong s.a.r.|hong kong (sar)|hong kong, china|hong kong (china)|"
    "hong kong sar, china|hong kong s.a.r., china|hong kong sar, prc|hong kong, sar|hong kong (s.a.r.)|hong kong, prc",
    "MO": "macau|macao|macau sar|macao sar|macau, china|macao, china|macau sar china|macau sar, china|macao sar, china|"
    "macau s.a.r., china|macao s.a.r., china",
    "GE": "republic of georgia|georgia (country)",
    "NO": "noreg",
    "TR": "turkey|türkiye",
    "VN": "viet nam",
    "TW": "taiwan (china)|taiwan (roc)|taiwan (r.o.c.)|taiwan, r.o.c.|taiwan, roc|taiwan roc|"
    "taiwan, china|taiwan, province of china|taiwan, republic of china",
    "CN": "people's republic of china|prc|mainland china|china, people's republic of",
    "SK": "slovak republic",
    "CI": "ivory coast",
    "MD": "republic of moldova|moldova, republic of",
    "MK": "macedonia",
    "IR": "iran, islamic republic of|islamic republic of iran",
    "TZ": "tanzania, united republic of|united republic of tanzania",
    "VE": "venezuela, bolivarian republic of",
    "BO": "bolivia, plurinational state of",
    "PS": "palestine|palestine, state of|state of palestine",
    "LA": "lao people's democratic republic",
    "SY": "syrian arab republic",
    "CD": "congo, democratic republic of the|democratic republic of the congo|dr congo|drc",
    "CG": "congo, republic of the|republic of the congo",
    "BN": "brunei darussalam",
    "VA": "holy see|vatican",
}
# A name that several countries go by names none.
_SHARED_NAMES = {
    "congo": ("CD", "CG"),
    "kongo": ("CD", "CG"),
    "virgin islands": ("VG", "VI"),
    "st martin": ("MF", "SX"),
}
_REGIONS = (
    "eu|eea|efta|eøs|ees|ewr|eer|eee|see|eog|eta|eu/eea|eu/eøs|eu/efta|ue|european economic area|"
    "europeiske økonomiske samarbeidsområde|europäischer wirtschaftsraum|espace économique européen|"
    "worldwide|global|globally|globalt|weltweit|wereldwijd|mondial|mundial|globale|globalnie|internasjonalt|"
    "international|hele verden|anywhere|everywhere|remote|apac|apj|asia-pacific|asia pacific|emea|latam|dach|nordics|"
    "benelux|north america|nord-amerika|middle east|various|multiple|several|ulike|flere|diverse|verschiedene|"
    "multi-region|multi region|multiregion|multi-regional|multiple regions|multiple countries|multiple locations|"
    "various countries|various locations|all regions|distributed|edge|global edge|global edge network|global cdn|cdn|"
    "third countries|third country|drittland|tredjeland|eu region|eu only|eu west|eu-west|eu central|eu-central|"
    "eu north|eu south|western europe|west europe|den europeiske union|european union (eu)|"
    "european economic area (eea)"
)
_REGION_CODES = re.compile(r"\d{3}|E[UZ]|UN")  # UN M.49 in CLDR


def find_country_codes(name: str, language: str) -> tuple[str, ...]:
    """Returns the ISO 3166-1 codes of the countries that go by `name`: one as a rule, none, or several."""
    folded = fold_name(name)
    if folded in _SHARED_NAMES:
        return _SHARED_NAMES[folded]
    code = _codes_by_name(language).get(folded) or _codes_by_code().get(name.strip(" *.,;:()"))
    return (code,) if code else ()


def country_code(name: str, language: str) -> str | None:
    """Returns the ISO 3166-1 code of a country's name or code, or None where it is none or several countries'."""
    codes = find_country_codes(name, language)
    return codes[0] if len(codes) == 1 else None


def is_region(name: str) -> bool:
    return fold_name(name) in _region_names()


@cache
def compound_names(language: str) -> re.Pattern[str]:
    """Returns a pattern of the names in which there is a word or mark that otherwise stands between two places."""
    names = {
        name for names in _names_by_code(language).values() for name in names if re.search(r"[,&/]|\s\w{1,3}\s", name)
    }
    variants = names | {name.replace("&", "and") for name in names}
    return re.compile(
        r"\b(?:" + "|".join(map(re.escape, sorted(variants, key=len, reverse=True))) + r")(?!\w)", re.IGNORECASE
    )


@cache
def _region_names() -> frozenset[str]:
    territories = [Locale(language).territories for language in LANGUAGES]
    names = {str(name) for each in territories for code, name in each.items() if _REGION_CODES.fullmatch(code)}
    return frozenset(map(fold_name, names | set(_REGIONS.split("|"))))


@cache
def _codes_by_name(language: str) -> dict[str, str]:
    """Returns the codes by folded names. A name that two languages give to two countries is the page's language's."""
    codes = defaultdict[str, list[str]](list)
    for code, names in _names_by_code(language).items():
        for name in names:
            codes[fold_name(name)].append(code)
    own_names = Locale.parse(language, sep="-").territories
    codes_by_name = {name: own_codes[0] for name, own_codes in codes.items() if len(set(own_codes)) == 1}
    return codes_by_name | {fold_name(str(own_names[code])): code for code in country_codes() if code in own_names}


@cache
def _names_by_code(language: str) -> dict[str, list[str]]:
    locales = [Locale.parse(each, sep="-").territories for each in dict.fromkeys((language, *LANGUAGES))]
    return {
        code: [*_COMMON_NAMES.get(code, "").split("|"), *(str(names[code]) for names in locales if code in names)]
        for code in sorted(country_codes())
    }


@cache
def _codes_by_code() -> dict[str, str]:
    """Returns the two-letter codes by themselves, and by ISO's three letters, which CLDR has among its aliases."""
    aliases = get_global("territory_aliases").items()
    three_letters = {alias: to[0] for alias, to in aliases if re.fullmatch("[A-Z]{3}", alias) and len(to) == 1}
    return {each: each for each in country_codes()} | {
        alias: code for alias, code in three_letters.items() if code in country_codes()
    }


def fold_name(name: str) -> str:
    """Returns a name without what people leave out of it: capitals, accents, dots, an article."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'").replace("&", "and").replace(".", ""))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    folded = " ".join(re.sub(r"[‐-―−]", "-", letters).strip(" *,;:()").casefold().split())
    return folded.removeprefix("the ")
