"""Finds the vendors that an imported name may mean, however the list spells it.

`AWS`, `Amazon Web Services, Inc.`, `Amazon Web Services EMEA SARL` and `Amazon (AWS)` mean one vendor. A match is an
offer for a person to judge: nothing here fills anything in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

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


@dataclass(frozen=True)
class VendorMatch:
    """Holds a vendor that a name may mean. `entity` is its company of that name, or None where a person chooses."""

    vendor: Vendor
    entity: VendorEntity | None = None


@dataclass(frozen=True)
class _LegalName:
    core: str  # its letters without the legal form
    form: str

    @classmethod
    def parse(cls, name: str) -> "_LegalName":
        core = _RARE_FORM.sub("", without_legal_form(name))
        form = to_letters(name[len(core) :])
        return cls(to_letters(core), _SHORT_FORMS.get(form, form))

    @classmethod
    def of(cls, entity: VendorEntity) -> "_LegalName":
        return cls.parse(entity.legal_name.value)


class VendorIndex:
    """Finds vendors by name. It is made once for a directory."""

    def __init__(self, vendors: Iterable[Vendor]):
        self._brands: dict[str, list[Vendor]] = defaultdict(list)
        self._companies: dict[str, list[VendorMatch]] = defaultdict(list)  # by the letters of the whole legal name
        self._cores: dict[str, list[VendorMatch]] = defaultdict(list)
        for vendor in vendors:
            for letters in dict.fromkeys(map(to_letters, (vendor.name, *vendor.aliases))):
                self._brands[letters].append(vendor)
            for entity in vendor.entities:
                self._companies[to_letters(entity.legal_name.value)].append(VendorMatch(vendor, entity))
                self._cores[_LegalName.of(entity).core].append(VendorMatch(vendor, entity))

    def match(self, name: str) -> tuple[VendorMatch, ...]:
        """Returns what the whole name may mean, or else what its parts may: `Functional Software, Inc. dba Sentry`."""
        if len(name) > _NAME_AT_MOST:
            return ()
        for spellings in ([name], [_outside_brackets(name)], _parts(name)):
            if matches := tuple(_merge(match for spelling in spellings for match in self._match_spelling(spelling))):
                return matches
        return ()

    def _match_spelling(self, name: str) -> Iterator[VendorMatch]:
        """Yields what bears exactly this name; or else what differs in its legal form alone, as `Sentry, Inc.` does."""
        letters = to_letters(name)
        exact = [*self._companies.get(letters, ()), *map(VendorMatch, self._brands.get(letters, ()))]
        yield from exact or self._match_core(_LegalName.parse(name.strip(_EDGES)))

    def _match_core(self, legal_name: _LegalName) -> Iterator[VendorMatch]:
        """Yields what has this name under a legal form. A brand under a form that its vendor never has is another's."""
        for match in self._cores.get(legal_name.core, ()):
            is_same = match.entity and legal_name.form in ("", _LegalName.of(match.entity).form)
            yield match if is_same else VendorMatch(match.vendor)
        for vendor in self._brands.get(legal_name.core, ()):
            if not vendor.entities or legal_name.form in [_LegalName.of(entity).form for entity in vendor.entities]:
                yield VendorMatch(vendor)


def match_vendors(name: str) -> tuple[VendorMatch, ...]:
    """Returns the shipped vendors that a name may mean: mostly one or none, several where they share the name."""
    return _shipped_index().match(name)


@cache
def _shipped_index() -> VendorIndex:
    return VendorIndex(load_directory())


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
