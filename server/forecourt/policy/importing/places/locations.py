"""Reads the places that a cell names: each country with the nearer place beside it, and what is neither, with why.

Nothing is guessed. A name that can be two places is taken where its neighbours decide which, and is listed otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forecourt.policy.importing.places import cloud_regions, countries
from forecourt.policy.importing.places.flags import split_flags
from forecourt.policy.importing.places.place_choice import Neighbours, choose_sense, is_code
from forecourt.policy.importing.places.place_names import PlaceKind, PlaceSense, find_senses
from forecourt.policy.importing.places.place_phrases import find_places
from forecourt.policy.importing.places.place_splitter import names_alternatives, split_beside, split_list
from forecourt.policy.importing.places.towns import find_doubt, find_first_known, is_town
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.remark_values import Alternatives, PlaceMeaning

_DEPTH_AT_MOST = 3  # brackets in brackets
_COMPANY_FORM = re.compile(r"\b(?:inc|llc|ltd|limited|corp|corporation|gmbh|plc|pbc|bv|sas|oy|aps)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ImportedLocation:
    """Holds an ISO 3166-1 country and a nearer place, which is blank where the page gives none."""

    country: str
    place: str = ""


@dataclass(frozen=True)
class ParsedLocations:
    """Holds what a cell was read as. A remark is about what was not taken, or was taken but is not sure.

    Each of `regions` has a remark, since a policy names countries.
    """

    locations: tuple[ImportedLocation, ...]
    remarks: tuple[Remark, ...]
    regions: tuple[str, ...] = ()

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(location.country for location in self.locations))


def parse_locations(text: str, language: str) -> ParsedLocations:
    words, flags = split_flags(text)
    parser = _LocationParser(language)
    flag = flags[0] if len(flags) == 1 and not countries.is_region(flags[0]) else ""
    if flag and not parser.read_list(words).locations:  # `🇩🇪 Falkenstein`
        parser = _LocationParser(language, within=flag)
        parser.read_list(words)
    elif not flag:
        parser.read_list(words)
        codes = [] if words.strip() else [each for each in flags if not countries.is_region(each)]
        parser.locations += map(ImportedLocation, codes)
    parser.check_flags(flags, words.strip())
    if names_alternatives(words) and len(parser.locations) > 1:
        parser.remarks.append(remark(RemarkKind.PLACE_ALTERNATIVES, text=words.strip()))
    return parser.result


def is_place(name: str, language: str) -> bool:
    """Returns whether a name is a country's or a region's. Most codes are companies' names, too: GE, BT."""
    if is_code(name) and name not in ("US", "UK", "EU"):
        return False
    kinds = {sense.kind for sense in find_senses(name, language)}
    return bool(kinds & {PlaceKind.COUNTRY, PlaceKind.REGION})


class _LocationParser:
    """Reads lists of places part by part. `within` is the country whose brackets hold the list."""

    def __init__(self, language: str, within: str = "", in_region: bool = False, depth: int = 0):
        self.language = language
        self.locations: list[ImportedLocation] = [ImportedLocation(within)] if within else []
        self.remarks: list[Remark] = []
        self.regions: list[str] = []
        self._within = within
        self._in_region = in_region  # so a city alone is enough: `EU (Frankfurt)`
        self._depth = depth  # of brackets in brackets
        self._names: list[str] = []  # that wait for their country
        self._country = within  # that was read last
        self._is_bare = bool(within)  # whether it has had no place yet

    @property
    def result(self) -> ParsedLocations:
        remarks, regions = dict.fromkeys(self.remarks), dict.fromkeys(self.regions)
        return ParsedLocations(tuple(dict.fromkeys(self.locations)), tuple(remarks), tuple(regions))

    def read_list(self, text: str) -> ParsedLocations:
        for phrases in split_list(text, self.language):
            parts = [place for phrase in phrases for place in find_places(phrase, self.language)]
            is_deep = self._depth == _DEPTH_AT_MOST
            pairs = [(part, "") if is_deep else split_beside(part, self.language) for part in parts]
            self._read_sequence(pairs, parts)
        return self.result

    def _read_sequence(self, pairs: Sequence[tuple[str, str]], parts: Sequence[str]) -> None:
        senses = [self._find_senses(main, beside) for main, beside in pairs]
        senses = [() if is_town(parts, senses, index) else each for index, each in enumerate(senses)]
        if self._has_doubt(parts, senses):
            return
        for index, (main, beside) in enumerate(pairs):
            is_settled = len(senses[index]) == 1 < len(find_senses(main, self.language))
            around = self._neighbours(parts, senses, index)
            sense = senses[index][0] if is_settled else choose_sense(main, senses[index], around)
            if beside:
                self._read_beside(parts[index], main, beside, sense)
            elif sense:
                self._place(main, sense)
            elif len(senses[index]) > 1:
                self._read_ambiguous(main, senses[index], is_alone=len(parts) == 1)
            else:
                self._read_unknown(main)
        self._end_sequence()

    def _has_doubt(self, parts: Sequence[str], senses: Sequence[Sequence[PlaceSense]]) -> bool:
        """Lists what can be a town elsewhere, and returns whether that leaves no country that can be taken."""
        doubt = find_doubt(parts, senses)
        if doubt is None:
            return False
        self.remarks.append(doubt)
        first = find_first_known(senses)
        return senses[first][0].country != senses[first + 1][0].country

    def check_flags(self, flags: Sequence[str], words: str) -> None:
        """Lists each flag that says something else than the words."""
        for flag in flags:
            if countries.is_region(flag):
                self._remark_region(flag)
            elif flag not in self.result.countries:
                self.remarks.append(remark(RemarkKind.OTHER_FLAG, country=PlaceMeaning(flag), text=words))

    def _find_senses(self, main: str, beside: str) -> Sequence[PlaceSense]:
        """Returns what `main` can be. What stands beside it, as in `GA (Georgia)`, settles which."""
        senses = find_senses(main, self.language)
        countries_beside = {each.country for each in find_senses(beside, self.language)} if len(senses) > 1 else set()
        return [each for each in senses if each.country and each.country in countries_beside] or senses

    def _neighbours(self, parts: Sequence[str], senses: Sequence[Sequence[PlaceSense]], index: int) -> Neighbours:
        return Neighbours(
            places=self._names,
            country=self._country,
            is_bare=self._is_bare,
            following=senses[index + 1] if index + 1 < len(parts) else (),
            followed_by_code=index + 1 < len(parts) and is_code(parts[index + 1]),
            others=[*senses[:index], *senses[index + 1 :]],
            within=self._within,
        )

    def _place(self, part: str, sense: PlaceSense) -> None:
        if sense.kind is PlaceKind.COUNTRY:
            self._add_country(sense.country)
        elif sense.kind is PlaceKind.CITY:
            self._names.append(part)
        elif sense.kind is PlaceKind.REGION:
            self._end_sequence()
            self._remark_region(part)
        else:
            self._add_place(sense.country, [*self._names, part])

    def _add_country(self, code: str) -> None:
        """Adds a country. The names before it are its places, but for a city that import knows to be elsewhere."""
        places = [name for name in self._names if self._is_plausible(name, code)]
        strangers = [name for name in self._names if name not in places]
        self._names = strangers
        self._settle_names()
        if places:
            for place in _group_places(places, code):
                self._add_place(code, [place])
        elif self._country != code:
            self.locations.append(ImportedLocation(code))
            self._country, self._is_bare = code, True

    def _is_plausible(self, name: str, country: str) -> bool:
        if cloud_regions.split_provider(name)[0] or _COMPANY_FORM.search(name):
            return False
        return cloud_regions.find_city(name) in ("", country)

    def _add_place(self, country: str, names: Sequence[str]) -> None:
        """Adds a place to its country, in the stead of the bare country where that was read just before."""
        last = self.locations[-1] if self.locations and self._country == country else None
        if last and self._is_bare:
            self.locations.pop()
        elif last and len(names) == 1 and (is_code(names[0]) or names[0] == last.place):  # `New York, NY`
            names = [self.locations.pop().place, *names]
        self.locations.append(ImportedLocation(country, ", ".join(names)))
        self._names, self._country, self._is_bare = [], country, False

    def _end_sequence(self) -> None:
        self._settle_names()
        if not self._within:
            self._country = ""

    def _settle_names(self) -> None:
        """Gives the names that are left to the country before them if import knows them there, and lists the others."""
        names, self._names = self._names, []
        for name in names:
            city_country = cloud_regions.find_city(name)
            if city_country and (city_country == self._country or self._in_region):
                self._add_place(city_country, [name])
            elif self._within:
                country = PlaceMeaning(self._within)
                self.remarks.append(remark(RemarkKind.UNKNOWN_PLACE, text=name, country=country))
            else:
                self._remark(RemarkKind.NO_COUNTRY, name)

    def _read_beside(self, part: str, main: str, beside: str, sense: PlaceSense | None) -> None:
        """Reads `main` and what stands in its brackets, or after its dash or colon."""
        if sense is None:
            self._read_beside_unknown(part, main, beside)
        elif sense.kind is PlaceKind.REGION:
            self._place(main, sense)
            self._take(self._read_inner(beside, in_region=True))
        elif sense.kind is PlaceKind.COUNTRY:
            self._read_beside_country(part, beside, sense.country)
        else:
            self._read_beside_place(part, main, beside, sense)

    def _read_beside_country(self, part: str, beside: str, country: str) -> None:
        inner = self._read_inner("" if beside.casefold() == "the" else beside, within=country)
        if inner.countries != (country,):
            self._remark(RemarkKind.SEVERAL_COUNTRIES, part)
            return
        self._add_country(country)
        for location in inner.locations:
            if location.place:
                self._add_place(country, [location.place])
        self._take_remarks(inner)

    def _read_beside_place(self, part: str, main: str, beside: str, sense: PlaceSense) -> None:
        """Reads `Oregon (USA)`, `Frankfurt (eu-central-1)` and `Oregon (primary)`."""
        inner = self._read_inner(beside, within=sense.country)
        if inner.countries != (sense.country,):
            self._remark(RemarkKind.SEVERAL_COUNTRIES, part)
            return
        is_place_again = any(location.place for location in inner.locations)
        self._add_place(sense.country, [*self._names, part if is_place_again else main])
        self._take_remarks(inner)

    def _read_beside_unknown(self, part: str, main: str, beside: str) -> None:
        """Reads `Gravelines (France)`, and `Primary: Ireland`, in which the first word is no place."""
        inner = self._read_inner(beside)
        if len(inner.locations) == 1 and not inner.remarks and not inner.locations[0].place and "(" in part:
            self._names.append(main)
            self._add_country(inner.locations[0].country)
        elif inner.locations:
            self._remark(RemarkKind.NO_COUNTRY, main)
            self._take(inner)
        else:
            self._names.append(part)

    def _read_inner(self, text: str, within: str = "", in_region: bool = False) -> ParsedLocations:
        return _LocationParser(self.language, within, in_region, self._depth + 1).read_list(text)

    def _read_unknown(self, part: str) -> None:
        provider, rest = cloud_regions.split_provider(part)
        inner = self._read_inner(rest) if rest and self._depth < _DEPTH_AT_MOST else None
        if inner and inner.locations:  # `AWS Ireland`
            self._remark(RemarkKind.NO_COUNTRY, provider)
            self._take(inner)
        else:
            self._names.append(part)

    def _take(self, inner: ParsedLocations) -> None:
        self._end_sequence()
        self.locations += inner.locations
        self._take_remarks(inner)
        self._country, self._is_bare = "", False

    def _read_ambiguous(self, part: str, senses: Sequence[PlaceSense], is_alone: bool) -> None:
        """Lists a name that can be two places. A code alone is taken as a country's, as sheets write it."""
        names = ", ".join([*self._names, part])
        choices = Alternatives(tuple(sense.to_meaning(part) for sense in senses))
        is_taken = is_alone and is_code(part) and senses[1].kind is PlaceKind.SUBDIVISION
        taken_code = senses[0].country if is_taken else ""
        self._names = []
        if taken_code:
            self._add_country(taken_code)
            self.remarks.append(
                remark(
                    RemarkKind.AMBIGUOUS_PLACE, "taken", text=names, choices=choices, country=PlaceMeaning(taken_code)
                )
            )
        else:
            self.remarks.append(remark(RemarkKind.AMBIGUOUS_PLACE, text=names, choices=choices))

    def _take_remarks(self, inner: ParsedLocations) -> None:
        self.remarks += inner.remarks
        self.regions += inner.regions

    def _remark_region(self, region: str) -> None:
        self.regions.append(region)
        self._remark(RemarkKind.REGION, region)

    def _remark(self, kind: RemarkKind, text: str) -> None:
        self.remarks.append(remark(kind, text=text))


def _group_places(names: Sequence[str], country: str) -> list[str]:
    """Returns the places. Each city that import knows is one of its own, with the names before it."""
    groups: list[list[str]] = [[]]
    for name in names:
        groups[-1].append(name)
        if cloud_regions.find_city(name) == country:
            groups.append([])
    rest = groups.pop()
    if groups:
        groups[-1] += rest
    return [", ".join(group) for group in groups or [rest]]
