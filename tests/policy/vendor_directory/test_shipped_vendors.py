"""The shipped directory: each fact has its source and the day it was read, and each name finds its vendor."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecourt import clock
from forecourt.policy.check.field_rules import check_link
from forecourt.policy.check.name_spelling import to_letters
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.vendor_directory.directory_reader import load_directory
from forecourt.policy.vendor_directory.name_lookup import match_vendors
from forecourt.policy.vendor_directory.vendor import Vendor
from forecourt.resources import VENDORS

NO_FACTS = {"name", "aliases"}  # what the directory calls a vendor, and what lists call it
SHARED_ALIASES = {"google"}

each_vendor = pytest.mark.parametrize("vendor", load_directory(), ids=lambda vendor: vendor.id)


def written_facts(path: Path) -> Iterator[object]:
    """Yields each value of a file that is offered as a fact, as it is written."""
    table = tomllib.loads(path.read_text("utf-8"))
    for entity in table.pop("entities", []):
        yield from entity.values()
    yield from (value for key, value in table.items() if key not in NO_FACTS)


def test_there_are_at_least_forty_vendors_and_each_file_is_one() -> None:
    assert len(load_directory()) >= 40
    assert [f"{vendor.id}.toml" for vendor in load_directory()] == sorted(path.name for path in VENDORS.iterdir())


@pytest.mark.parametrize("path", sorted(VENDORS.iterdir()), ids=lambda path: path.stem)
def test_each_field_has_its_source_and_the_day_it_was_read(path: Path) -> None:
    facts = [*written_facts(path)]
    assert facts, "a vendor without a fact offers nothing"
    for fact in facts:
        assert isinstance(fact, dict)
        assert fact.keys() == {"value", "source", "read"}
        assert fact["source"].startswith(("https://", "http://"))
        assert fact["read"] <= clock.now().date()


@each_vendor
def test_every_value_that_is_written_is_read(vendor: Vendor) -> None:
    assert len([*vendor.sourced_facts()]) == len([*written_facts(VENDORS / f"{vendor.id}.toml")])


@each_vendor
def test_each_name_finds_the_vendor(vendor: Vendor) -> None:
    for name in (vendor.name, *vendor.aliases):
        assert vendor in [match.vendor for match in match_vendors(name)], name
    for entity in vendor.entities:
        matches = match_vendors(entity.legal_name.value)
        assert (vendor, entity) in [(match.vendor, match.entity) for match in matches], entity.legal_name.value


def test_countries_are_those_of_iso_3166() -> None:
    countries = {entity.country.value for vendor in load_directory() for entity in vendor.entities if entity.country}
    assert countries
    assert not countries - country_codes()


@each_vendor
def test_a_policy_takes_the_addresses_that_are_offered(vendor: Vendor) -> None:
    for page in filter(None, (vendor.subprocessors, vendor.agreement)):
        assert not [*check_link("", page.value)]


def test_no_two_vendors_have_one_alias() -> None:
    owners = Counter(
        letters for vendor in load_directory() for letters in {*map(to_letters, (vendor.name, *vendor.aliases))}
    )
    assert {letters for letters, count in owners.items() if count > 1} == SHARED_ALIASES
