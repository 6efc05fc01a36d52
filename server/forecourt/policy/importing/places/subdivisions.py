"""Knows the parts of countries that people write instead of the country: US states, provinces, the UK's four."""

import re
from functools import cache

from forecourt.policy.importing.places.countries import fold_name

_US_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|FL Florida|"
    "GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|"
    "NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|"
    "OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|"
    "UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|DC District of Columbia"
)
_CANADIAN_PROVINCES = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_OTHER_NAMES = {
    "US": "washington dc|kalifornia|kalifornien|californie|virginie|floride",
    "GB": "england|scotland|wales|northern ireland|skottland|schottland|nordirland|écosse|escocia|"
    "inglaterra|angleterre",
}
_SIDE = re.compile(
    r"(?:north|south|east|west|northern|southern|eastern|western|central|upstate|n|s|nord-?|sør-?) ?(?!georgia)(.+)"
)
_US_ZIP = re.compile(r"(.+?)\s+(\d{5})(?:-\d{4})?")
_CANADIAN_POSTCODE = re.compile(r"(.+?)\s+[A-Z]\d[A-Z] ?\d[A-Z]\d")
_DELAWARE_ZIPS = ("197", "198", "199")  # German post codes have five digits, too


def find_name(name: str) -> str:
    """Returns the code of the country in which the state or province is, empty where `name` is none."""
    folded = fold_name(name).removeprefix("state of ").removeprefix("province of ").removesuffix(" state")
    side = _SIDE.fullmatch(folded)
    return _countries_by_name().get(folded) or (_countries_by_name().get(side[1], "") if side else "")


def find_code(code: str) -> str:
    """Returns the code of the country of which `code`, in capitals, is a state's or province's postal abbreviation."""
    return _countries_by_code().get(code.strip(" .,;:").replace(".", ""), "")


def find_with_postcode(text: str) -> str:
    """Returns the code of the country of `CA 94105`, `Georgia 30303` or `ON M5V 2T6`, empty for anything else."""
    if (match := _CANADIAN_POSTCODE.fullmatch(text)) and "CA" in (find_code(match[1]), find_name(match[1])):
        return "CA"
    match = _US_ZIP.fullmatch(text)
    if not match or "US" not in (find_code(match[1]), find_name(match[1])):
        return ""
    return "" if match[1] == "DE" and not match[2].startswith(_DELAWARE_ZIPS) else "US"


def full_name(code: str, country: str) -> str:
    """Returns the name of the state or province with this abbreviation, or `code` where it is a name already."""
    entries = (each.partition(" ") for each in (_US_STATES if country == "US" else _CANADIAN_PROVINCES).split("|"))
    return next((name for abbreviation, _, name in entries if abbreviation == code), code)


@cache
def _countries_by_code() -> dict[str, str]:
    provinces = {each[:2]: "CA" for each in _CANADIAN_PROVINCES.split("|")}
    return provinces | {each[:2]: "US" for each in _US_STATES.split("|")}


@cache
def _countries_by_name() -> dict[str, str]:
    """Returns countries by the folded names of their parts. Georgia is a country as well (`find_name` does not say)."""
    names = {fold_name(each[3:]): "US" for each in _US_STATES.split("|")}
    names |= {fold_name(each[3:]): "CA" for each in _CANADIAN_PROVINCES.split("|")}
    return names | {fold_name(each): country for country, other in _OTHER_NAMES.items() for each in other.split("|")}
