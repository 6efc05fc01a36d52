"""Reads in which country a company has its seat, from a column of seats or from the end of an address."""

import re

from forecourt.policy.importing.places import countries
from forecourt.policy.importing.places.locations import parse_locations
from forecourt.policy.importing.places.place_names import PlaceKind, find_senses
from forecourt.policy.importing.remark import Remark, RemarkKind, remark

_CAN_BE_TWO = (RemarkKind.AMBIGUOUS_PLACE, RemarkKind.PLACES_OR_TOWN, RemarkKind.PLACE_OR_TOWN)
_NUMBER_AT_END = re.compile(r"\s+\S*\d\S*(?:\s+\S*\d\S*)?$")


def parse_seat(cell: str, language: str) -> tuple[str, tuple[Remark, ...]]:
    """Returns the one country that the cell names, or blank, and what else it says."""
    parsed = parse_locations(cell, language)
    if len(parsed.countries) > 1:
        return "", (remark(RemarkKind.SEVERAL_COUNTRIES, text=cell),)
    places = [remark(RemarkKind.COUNTRY_OF_PLACE, text=each.place) for each in parsed.locations if each.place]
    return next(iter(parsed.countries), ""), (*places, *parsed.remarks)


def parse_country_of_address(address: str, language: str) -> tuple[str, tuple[Remark, ...]]:
    """Returns the country at the end of an address, or blank, and whether that end can be two.

    An address without a country is whole all the same: nothing is said of it.
    """
    parts = [part for each in re.split(r"[,;\n]", address) if (part := each.strip(" ."))]
    end = _find_end(parts[-1], language) if parts else ""
    if not end:
        return "", ()
    parsed = parse_locations(", ".join([*parts[-3:-1], end]), language)
    remarks = tuple(each for each in parsed.remarks if each.kind in _CAN_BE_TWO)
    return (parsed.countries[0] if len(parsed.countries) == 1 else ""), remarks


def _find_end(part: str, language: str) -> str:
    """Returns the country or state with which the last part ends: `Paris France`, `Singapore 068896`, `CA 94105`."""
    if any(sense.kind is not PlaceKind.CITY for sense in find_senses(part, language)):
        return part
    words = _NUMBER_AT_END.sub("", part).split()
    ends = (" ".join(words[-number:]) for number in (4, 3, 2, 1) if number <= len(words))
    return next((end for end in ends if _is_country_name(end, language)), "")


def _is_country_name(name: str, language: str) -> bool:
    is_short = len(name) < 4 and name not in ("USA", "UK", "UAE")
    kinds = {sense.kind for sense in find_senses(name, language)}
    return PlaceKind.COUNTRY in kinds and not is_short and bool(countries.find_country_codes(name, language))
