"""docs/theme.md lists every custom property and part there is, and no other."""

import re
from pathlib import Path

from forecourt import launcher, theme

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "widget" / "src", ROOT / "templates" / "embed")
THEME = theme.Theme(font="Georgia")
LISTED = (ROOT / "docs" / "theme.md").read_text("utf-8")


def found(pattern: str, *suffixes: str) -> set[str]:
    files = (path for folder in SOURCES for suffix in suffixes for path in folder.rglob(f"*{suffix}"))
    return {name for path in files for name in re.findall(pattern, path.read_text("utf-8"))}


def test_every_custom_property_is_listed() -> None:
    listed = re.findall(r"^\| `(--forecourt-[\w-]+)`", LISTED, re.MULTILINE)
    assert set(listed) == found(r"var\((--forecourt-[\w-]+)", ".css", ".ts")


def test_the_settings_say_each_of_them() -> None:
    properties = re.findall(
        r"(--forecourt-[\w-]+):", theme.css(THEME) + launcher.css(launcher.Launcher(shown=True), THEME)
    )
    assert set(properties) == found(r"var\((--forecourt-[\w-]+)", ".css")


def test_every_part_is_listed() -> None:
    listed = re.findall(r"^\| `::part\((\w+)\)`", LISTED, re.MULTILINE)
    assert set(listed) == found(r'\bpart: "(\w+)"', ".ts")
