"""Knows names of countries and provinces that are towns in another country, when a state's code follows them.

Ontario is a province and a town in California, Lebanon a country and a town in New Hampshire.
"""

from collections.abc import Sequence

from forecourt.policy.importing.places.countries import fold_name
from forecourt.policy.importing.places.place_choice import is_code
from forecourt.policy.importing.places.place_names import PlaceKind, PlaceSense
from forecourt.policy.importing.places.subdivisions import find_with_postcode, full_name
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.remark_values import PlaceMeaning

_TOWNS_OF_CALIFORNIA = ("ontario",)  # that are named like a part of Canada, whose code is California's, too

Senses = Sequence[PlaceSense]


def is_town(names: Sequence[str], senses: Sequence[Senses], index: int) -> bool:
    """Returns whether what follows a name leaves no doubt that it is a town: a code that is a state's, or its country.

    In `Ontario, CA, USA` the country does it, in `Lebanon, NH` the code.
    """
    state = _find_state_after(names, senses, index)
    if not state:
        return False
    following = {each.country for each in senses[index + 2]} if index + 2 < len(senses) else set()
    is_province = senses[index][0].kind is PlaceKind.SUBDIVISION
    return len(senses[index + 1]) == 1 or (is_province and following == {state.country})


def find_doubt(names: Sequence[str], senses: Sequence[Senses]) -> Remark | None:
    """Returns what `Ontario, CA` and `Peru, IN` can be; None where there is no doubt."""
    index = find_first_known(senses)
    state = _find_state_after(names, senses, index)
    if not state or {each.country for following in senses[index + 2 :] for each in following} - {state.country}:
        return None
    first, code = senses[index][0], names[index + 1].strip(" .")
    country = next((each.country for each in senses[index + 1] if each.kind is PlaceKind.COUNTRY), "")
    if not country or (country == first.country and fold_name(names[index]) not in _TOWNS_OF_CALIFORNIA):
        return None
    text, place = ", ".join(names), first.to_meaning(names[index])
    town = PlaceMeaning(state.country, full_name(code, state.country))
    if country != first.country:
        return remark(RemarkKind.PLACES_OR_TOWN, text=text, first=place, second=PlaceMeaning(country), town=town)
    return remark(RemarkKind.PLACE_OR_TOWN, text=text, place=place, town=town, country=PlaceMeaning(country))


def find_first_known(senses: Sequence[Senses]) -> int:
    """Returns the index of the first name that is a place import knows, or the length where none is."""
    return next((index for index, each in enumerate(senses) if each), len(senses))


def _find_state_after(names: Sequence[str], senses: Sequence[Senses], index: int) -> PlaceSense | None:
    """Returns the state in another country that the code after a name can stand for, if the name is no code itself."""
    if index + 1 >= len(names) or len(senses[index]) != 1 or is_code(names[index]):
        return None
    if senses[index][0].kind not in (PlaceKind.COUNTRY, PlaceKind.SUBDIVISION):
        return None
    if not is_code(names[index + 1]) and not find_with_postcode(names[index + 1]):
        return None
    states = (each for each in senses[index + 1] if each.kind is PlaceKind.SUBDIVISION)
    return next((each for each in states if each.country != senses[index][0].country), None)
