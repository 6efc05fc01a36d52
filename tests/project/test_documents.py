"""README, CHANGELOG and tree say the same."""

import re
import tomllib
from pathlib import Path

import pytest

from forecourt import __version__

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_newest_release_of_the_changelog_is_this_version() -> None:
    """Checks the first heading that is a version alone. The heading above it may say that it is unreleased."""
    heading = re.search(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heading
    assert heading[1] == __version__


def test_the_package_has_this_version() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "widget" / "ARCHITECTURE.md"]
LINKS = [(path, link) for path in DOCUMENTS for link in re.findall(r"\]\(([^)#:]+)[)#]", path.read_text("utf-8"))]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")


@pytest.mark.parametrize(("document", "link"), LINKS, ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_every_link_of_a_document_leads_somewhere(document: Path, link: str) -> None:
    assert (document.parent / link).exists()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_-]+\.\w+)?)`", ARCHITECTURE + SECURITY)))
)
def test_every_path_that_a_document_names_exists(path: str) -> None:
    assert any((folder / path).exists() for folder in (ROOT, ROOT / "server" / "forecourt", ROOT / "server"))


def test_every_folder_stands_on_the_map() -> None:
    top = [path for path in (ROOT / "server" / "forecourt").iterdir() if (path / "__init__.py").is_file()]
    assert not {path.name for path in top if f"{path.name}/" not in README}


def test_every_command_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
