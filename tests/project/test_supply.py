"""What is installed is locked by hash, and may be used: requirements/, widget/package-lock.json, docs/licences.md."""

import json
import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = ROOT / "requirements" / "locked.txt"
TEST_LOCK = ROOT / "requirements" / "test-locked.txt"
NPM_LOCKS = [ROOT / "widget" / "package-lock.json", ROOT / "tests" / "journeys" / "hosts" / "package-lock.json"]
LICENCES = dict(
    re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|$", (ROOT / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE)
)
# Each asks for no more than its own text beside it. LGPL and MPL bind changes of the package itself, and we make none.
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSD",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "BSD-3-Clause-Clear",
        "MPL-2.0",
        "PSF-2.0",
    ),
    *("Python-2.0", "Unlicense", "Zlib"),
}
# What packages write instead of an SPDX identifier.
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Their metadata names none; their licence files do.
UNNAMED = {"pysqlite3": "Zlib", "axe-playwright-python": "MIT"}


def locked(lock: Path) -> dict[str, list[Requirement]]:
    """Returns the locked versions by name: some differ by Python's version."""
    versions: dict[str, list[Requirement]] = {}
    for line in re.findall(r"^[a-z].*?(?= \\$)", lock.read_text(), re.MULTILINE):
        requirement = Requirement(line)
        versions.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return versions


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        (LOCK, [*PROJECT["dependencies"], "hatchling"]),
        (TEST_LOCK, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]),
    ],
    ids=["locked", "test-locked"],
)
def test_the_lock_has_a_version_of_all_that_is_wanted(lock: Path, requirements: list[str]) -> None:
    versions = locked(lock)
    for requirement in map(Requirement, requirements):
        for pin in versions[canonicalize_name(requirement.name)]:
            version = Version(str(pin.specifier).removeprefix("=="))
            assert version in requirement.specifier, f"`make lock`: {pin} is not {requirement}"


@pytest.mark.parametrize("lock", [LOCK, TEST_LOCK], ids=lambda path: path.stem)
def test_every_locked_version_has_its_hashes_and_no_host(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-z])", lock.read_text().strip())
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda path: path.parent.name)
def test_npm_s_lock_has_hashes_and_no_host(lock: Path) -> None:
    packages = npm_packages(lock)
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def npm_packages(lock: Path) -> dict[str, Any]:
    packages: dict[str, Any] = json.loads(lock.read_text())["packages"]
    return {path: entry for path, entry in packages.items() if path}


def test_the_list_of_licences_has_all_that_is_installed_to_serve() -> None:
    assert LICENCES.keys() == locked(LOCK).keys()


@pytest.mark.parametrize("name", sorted(locked(TEST_LOCK)))
def test_the_licence_of_a_package_is_allowed(name: str) -> None:
    try:
        licence = licence_of(name, distribution(name))
    except PackageNotFoundError:
        pytest.skip("is for another platform")
    assert set(re.split(r" (?:AND|OR) ", licence)) <= ALLOWED, licence
    assert LICENCES.get(name, licence) == licence


def licence_of(name: str, package: Distribution) -> str:
    """Returns what the metadata say: the SPDX expression, the licence's name, or the classifier."""
    fields = package.metadata.json
    classifiers = [line.split(" :: ")[-1] for line in fields.get("classifier", []) if "License :: OSI" in line]
    texts = (fields.get("license_expression"), fields.get("license"), *classifiers, UNNAMED.get(name))
    return next(SPELLINGS.get(text, text) for text in map(str, filter(None, texts)))


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda path: path.parent.name)
def test_the_licences_of_npm_s_packages_are_allowed(lock: Path) -> None:
    assert {entry["license"] for entry in npm_packages(lock).values()} <= ALLOWED
