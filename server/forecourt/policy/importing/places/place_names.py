"""Says what a name can stand for: a country, a part of one, a cloud's region, a city, a region. Some can be several."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from forecourt.policy.importing.places import cloud_regions, countries, subdivisions
from forecourt.policy.importing.remark_values import PlaceMeaning


class PlaceKind(Enum):
    COUNTRY = auto()
    SUBDIVISION = auto()
    CLOUD_REGION = auto()
    CITY = auto()
    REGION = auto()


@dataclass(frozen=True)
class PlaceSense:
    """Holds one thing that a name can stand for. A region lies in no one country."""

    kind: PlaceKind
    country: str = ""

    def to_meaning(self, name: str) -> PlaceMeaning:
        """Returns what `name` stands for in this sense."""
        is_part = self.kind is PlaceKind.SUBDIVISION
        return PlaceMeaning(self.country, subdivisions.full_name(name.strip(), self.country) if is_part else "")


@lru_cache(maxsize=4096)
def find_senses(name: str, language: str) -> tuple[PlaceSense, ...]:
    """Returns what `name` can stand for. What is a country's full name is that and nothing else, save Georgia."""
    codes = countries.find_country_codes(name, language)
    senses = [PlaceSense(PlaceKind.COUNTRY, code) for code in codes]
    state = subdivisions.find_code(name) or subdivisions.find_with_postcode(name) or subdivisions.find_name(name)
    if state:
        senses.append(PlaceSense(PlaceKind.SUBDIVISION, state))
    if (countries.is_region(name) and not senses) or name == "NA":  # Namibia's code, and North America
        senses.append(PlaceSense(PlaceKind.REGION))
    if not senses and (country := cloud_regions.find_region(name)):
        senses.append(PlaceSense(PlaceKind.CLOUD_REGION, country))
    if not senses and (country := cloud_regions.find_city(name)):
        senses.append(PlaceSense(PlaceKind.CITY, country))
    return tuple(senses)
