"""A vendor's file is decoded strictly: every fact has a value, a source and a day, and every fault is named at once."""

from datetime import date
from pathlib import Path

import pytest

from forecourt.errors import VendorDirectoryBroken
from forecourt.policy.model import Basis
from forecourt.policy.vendor_directory.directory_reader import read_directory

FACT = 'source = "https://example.com/legal/dpa", read = 2026-12-01'
FILE = f"""
name = "Example"
aliases = ["EX"]
agreement = {{ value = "https://example.com/dpa", {FACT} }}

[[entities]]
legal_name = {{ value = "Example, Inc.", {FACT} }}
country = {{ value = "US", {FACT} }}
mechanism = {{ value = "dpf", {FACT} }}
"""


def write(folder: Path, text: str, name: str = "example.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_a_vendor_is_read_with_the_name_of_its_file_as_id(tmp_path: Path) -> None:
    (vendor,) = read_directory(write(tmp_path, FILE))
    assert (vendor.id, vendor.name, vendor.aliases, vendor.subprocessors) == ("example", "Example", ("EX",), None)
    (entity,) = vendor.entities
    assert entity.mechanism
    assert entity.mechanism.value is Basis.DPF
    assert entity.address is None
    assert dict(vendor.sourced_facts()) == {
        "agreement": vendor.agreement,
        "entities.0.legal_name": entity.legal_name,
        "entities.0.country": entity.country,
        "entities.0.mechanism": entity.mechanism,
    }
    assert {fact.read for _, fact in vendor.sourced_facts()} == {date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (', source = "https://example.com/legal/dpa"', "", "agreement.source: required"),
        (", read = 2026-12-01", "", "agreement.read: required"),
        ("2026-12-01", '"yesterday"', "agreement.read: type"),
        ("https://example.com/legal/dpa", "from memory", "agreement.source: characters"),
        ("https://example.com/dpa", "javascript:alert(1)", "agreement.value: characters"),
        ("Example, Inc.", " Example, Inc.", "entities.0.legal_name.value: characters"),
        ("Example, Inc.", "Example\\u202e, Inc.", "entities.0.legal_name.value: characters"),
        ('"US"', '"USA"', "entities.0.country.value: characters"),
        ('"dpf"', '"privacy shield"', "entities.0.mechanism.value: choice"),
        ('"dpf",', '"dpf", note = "sure",', "entities.0.mechanism.note: unknown"),
        ('aliases = ["EX"]', 'aliases = "EX"', "aliases: type"),
        ('name = "Example"', 'id = "example"', "id: the file's name is the id already"),
        ("[[entities]]", "[[entities]", "Expected ']]'"),
    ],
)
def test_what_is_not_exact_is_named_with_its_file_and_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in FILE
    with pytest.raises(VendorDirectoryBroken) as broken:
        read_directory(write(tmp_path, FILE.replace(old, new)))
    assert f"example.toml: {fault}" in str(broken.value)


def test_the_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "", "first.toml")
    write(tmp_path, FILE, "Second Vendor.toml")
    (tmp_path / "third.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(VendorDirectoryBroken) as broken:
        read_directory(tmp_path)
    assert [line.split(": ")[0] for line in str(broken.value).splitlines()] == [
        "Second Vendor.toml",
        "first.toml",
        "third.toml",
    ]
