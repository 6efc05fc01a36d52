"""Chooses what a name stands for that can stand for a country and for a state: `CA`, `DE`, `Georgia`.

Only its neighbours decide: the city before it, the country after it, the other names of the list.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forecourt.policy.importing.places import cloud_regions
from forecourt.policy.importing.places.place_names import PlaceKind, PlaceSense

_WORDS = ("OK", "OR", "HI", "WA")  # codes that say nothing beside a city elsewhere; WA is Australia's, too


@dataclass(frozen=True)
class Neighbours:
    """Holds what stands round a name. `places` are the names before it that have no country yet.

    `country` is the country read just before it, and `is_bare` says that it had no place. `others` are the senses of
    each other name of the list, `following` of the next one. Inside brackets, `within` is the country before them.
    """

    places: Sequence[str]
    country: str
    is_bare: bool
    following: Sequence[PlaceSense]
    followed_by_code: bool
    others: Sequence[Sequence[PlaceSense]]
    within: str = ""


def is_code(name: str) -> bool:
    return bool(re.fullmatch("[A-Z]{2}", name.replace(".", "").strip()))


def choose_sense(name: str, senses: Sequence[PlaceSense], around: Neighbours) -> PlaceSense | None:
    """Returns the one sense that the neighbours leave, or None."""
    if len(senses) == 1:
        return senses[0] if _is_credible(name, senses[0], around) else None
    if around.within:
        return _only([each for each in senses if each.country == around.within])
    state = _only([each for each in senses if each.kind is PlaceKind.SUBDIVISION])
    country = _only([each for each in senses if each.kind is PlaceKind.COUNTRY])
    if not state or not country:
        return None
    if state.country == "CA":  # nobody writes a province's code without its country or a known city
        is_province = _find_city(around) == "CA" or "CA" in {each.country for each in around.following}
        return state if is_province else country
    if around.places:
        return _choose_after_place(country, state, around)
    return _choose_in_list(name, country, state, around)


def _choose_after_place(country: PlaceSense, state: PlaceSense, around: Neighbours) -> PlaceSense | None:
    """Chooses for `San Francisco, CA` and `Berlin, DE`: by the city, or by the country after it."""
    city = _find_city(around)
    by_city = [each for each in (country, state) if each.country == city]
    return _only(by_city) or (state if _is_only_in(state.country, around.following) else None)


def _choose_in_list(name: str, country: PlaceSense, state: PlaceSense, around: Neighbours) -> PlaceSense | None:
    """Chooses for `CA, USA`, `US, CA` and `IE, DE, US`."""
    if around.country == country.country:
        return country
    if around.country == state.country and not around.is_bare:
        return state
    if any(_is_other_country(state.country, each) for each in around.others):
        return country
    if _is_only_in(state.country, around.following) and not (is_code(name) and around.followed_by_code):
        return state
    return None


def _is_credible(name: str, sense: PlaceSense, around: Neighbours) -> bool:
    """Returns whether a state's code has something beside it that makes it one: `OK` is a word, and Perth has a WA."""
    if sense.kind is not PlaceKind.SUBDIVISION or not is_code(name):
        return True
    following_countries = {each.country for each in around.following if each.kind is PlaceKind.COUNTRY}
    if sense.country in (around.country, *following_countries):
        return True
    is_elsewhere = name in _WORDS and _find_city(around) not in ("", sense.country)
    return bool(around.places) and not is_elsewhere and not following_countries


def _find_city(around: Neighbours) -> str:
    """Returns the country of the city just before the name, blank where import knows no such city."""
    return cloud_regions.find_city(around.places[-1]) if around.places else ""


def _is_only_in(country: str, senses: Sequence[PlaceSense]) -> bool:
    return {each.country for each in senses if each.kind is not PlaceKind.CITY} == {country}


def _is_other_country(country: str, senses: Sequence[PlaceSense]) -> bool:
    only = _only(senses)
    return only is not None and only.kind is PlaceKind.COUNTRY and only.country != country


def _only(senses: Sequence[PlaceSense]) -> PlaceSense | None:
    return senses[0] if len(senses) == 1 else None
