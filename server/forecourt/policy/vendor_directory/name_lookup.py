"""Finds the vendors that an imported name may mean, however the list spells it.

`AWS`, `Amazon Web Services, Inc.`, `Amazon Web Services EMEA SARL` and `Amazon (AWS)` mean one vendor. A match is an
offer for a person to judge: nothing here fills anything in.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from forecourt.policy.check.name_spelling import to_letters, without_legal_form
from forecourt.policy.vendor_directory.directory_reader import load_directory
from forecourt.policy.vendor_directory.vendor import Vendor, VendorEntity

_NAME_AT_MOST = 200  # characters; a longer text is no name
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_OTHER_NAME = re.compile(
    r"(?:^|\s)\s*(?:d/?b/?a|t/?a|a/?k/?a|f/?k/?a|doing business as|trading as|formerly|and|by)\.?\s+"
    r"|\s*[/|;]\s*|\s+[-–—]\s+",
    re.IGNORECASE,
)
_EDGES = " \t,.;:*†‡"
# Legal forms that `without_legal_form` does not take off.
_RARE_FORM = re.compile(r",? (?:PBC|Unlimited Company|ULC|Sàrl|S\.L\.)$", re.IGNORECASE)
_SHORT_FORMS = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
_FORMS_OF_ONE_COUNTRY = (
    ("inc", "llc", "corp", "pbc"),
    ("ltd", "plc", "llp", "unlimitedcompany", "ulc"),
    ("sas", "sarl", "sa"),
    ("gmbh", "ag", "kg", "se"),
    ("bv", "nv"),
)
_COUNTRY_OF_FORM = {form: forms[0] for forms in _FORMS_OF_ONE_COUNTRY for form in forms}


@dataclass(frozen=True)
class VendorMatch:
    """Holds a vendor that a name may mean. `entity` is its company of that name, or None where a person chooses."""

    vendor: Vendor
    entity: VendorEntity | None = None


@dataclass(frozen=True)
class _LegalName:
    core: str  # its key without the legal form
    form: str

    @property
    def country(self) -> str:
        """Returns what the form has in common with others of its country."""
        return _COUNTRY_OF_FORM.get(self.form, self.form)

    @classmethod
    def parse(cls, name: str) -> "_LegalName":
        core = _RARE_FORM.sub("", without_legal_form(name))
        form = _to_key(name[len(core) :])
        return cls(_to_key(core), _SHORT_FORMS.get(form, form))

    @classmethod
    def of(cls, entity: VendorEntity) -> "_LegalName":
        return cls.parse(entity.legal_name.value)


class VendorIndex:
    """Finds vendors by name. It is made once for a directory."""

    def __init__(self, vendors: Iterable[Vendor]):
        self._brands: dict[str, list[Vendor]] = defaultdict(list)
        self._companies: dict[str, list[VendorMatch]] = defaultdict(list)  # by the key of the whole legal name
        self._cores: dict[str, list[VendorMatch]] = defaultdict(list)
        self._countries: dict[str, set[str]] = {}  # of the legal forms that lists know of a vendor, by its id
        for vendor in vendors:
            self._add(vendor)

    def _add(self, vendor: Vendor) -> None:
        names = (vendor.name, *vendor.aliases)
        for key in dict.fromkeys(map(_to_key, names)):
            self._brands[key].append(vendor)
        for entity in vendor.entities:
            self._companies[_to_key(entity.legal_name.value)].append(VendorMatch(vendor, entity))
            self._cores[_LegalName.of(entity).core].append(VendorMatch(vendor, entity))
        legal_names = [*map(_LegalName.parse, names), *map(_LegalName.of, vendor.entities)]
        self._countries[vendor.id] = {each.country for each in legal_names}

    def match(self, name: str) -> tuple[VendorMatch, ...]:
        """Returns what the whole name may mean, or else what its parts may: `Functional Software, Inc. dba Sentry`."""
        if len(name) > _NAME_AT_MOST:
            return ()
        for spellings in ([name], [_outside_brackets(name)], _parts(name)):
            if matches := tuple(_merge(match for spelling in spellings for match in self._match_spelling(spelling))):
                return tuple(self._with_named_company(match, name) for match in matches)
        return ()

    def _with_named_company(self, match: VendorMatch, name: str) -> VendorMatch:
        """Returns the match with its company where a part of the name is one: `Sentry (Functional Software, Inc.)`."""
        if match.entity:
            return match
        in_parts = _merge(each for part in _parts(name) for each in self._match_spelling(part))
        return next((each for each in in_parts if each.vendor is match.vendor), match)

    def _match_spelling(self, name: str) -> Iterator[VendorMatch]:
        """Yields what bears exactly this name; or else what differs in its legal form alone, as `Sentry, Inc.` does."""
        key = _to_key(name)
        exact = [*self._companies.get(key, ()), *map(VendorMatch, self._brands.get(key, ()))]
        yield from exact or self._match_core(_LegalName.parse(name.strip(_EDGES)))

    def _match_core(self, legal_name: _LegalName) -> Iterator[VendorMatch]:
        """Yields what has this name under a legal form.

        A brand (`Neon`) is often a common word: under a form of a country where its vendor has no company, it is
        another's.
        """
        is_brand = legal_name.core in self._brands
        for match in self._cores.get(legal_name.core, ()):
            if match.entity and legal_name.form in ("", _LegalName.of(match.entity).form):
                yield match
            elif not is_brand:
                yield VendorMatch(match.vendor)
        for vendor in self._brands.get(legal_name.core, ()):
            if legal_name.country in self._countries[vendor.id]:
                yield VendorMatch(vendor)


def match_vendors(name: str) -> tuple[VendorMatch, ...]:
    """Returns the shipped vendors that a name may mean: mostly one or none, several where they share the name."""
    return _shipped_index().match(name)


@cache
def _shipped_index() -> VendorIndex:
    return VendorIndex(load_directory())


@lru_cache(maxsize=8192)
def _to_key(name: str) -> str:
    """Returns the letters and digits of a name, without accents: `S.à r.l.` is often written `S.a.r.l.`."""
    decomposed = unicodedata.normalize("NFKD", to_letters(name))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _outside_brackets(name: str) -> str:
    return " ".join(_BRACKETS.sub(" ", name).split())


def _parts(name: str) -> list[str]:
    """Returns what the name is made of: the names that it joins, and what stands in brackets."""
    texts = [_outside_brackets(name), *_BRACKETS.findall(name)]
    return [part for text in texts for part in _OTHER_NAME.split(text) if part.strip(_EDGES)]


def _merge(matches: Iterable[VendorMatch]) -> Iterator[VendorMatch]:
    """Yields each vendor once. Its company is the one that is named, where that is one."""
    entities: dict[Vendor, list[VendorEntity]] = {}
    for match in matches:
        named = entities.setdefault(match.vendor, [])
        if match.entity and match.entity not in named:
            named.append(match.entity)
    for vendor, named in entities.items():
        yield VendorMatch(vendor, named[0] if len(named) == 1 else None)
