"""Finds the lines in which the tables and keys of a policy's file stand, for people who look for them."""

import re
from collections.abc import Mapping
from pathlib import Path

_BYTES_AT_MOST = 16 * 1024 * 1024
_PART = r"(?:[\w-]+|\"[^\"]*\"|'[^']*')"
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_PATH})\s*\]")
_KEY = re.compile(rf"\s*({_PATH})\s*=")
_QUOTES = ('"""', "'''")


def read_lines(path: Path) -> dict[str, int]:
    """Returns the number of the line of each table and key; none of a file that cannot be read."""
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            return find_lines(file.read(_BYTES_AT_MOST).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return {}


def find_lines(text: str) -> dict[str, int]:
    """Returns the number of the line of each table and key of a TOML text, by its dotted path."""
    lines: dict[str, int] = {}
    table, closing = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
        elif header := _HEADER.match(line):
            table = _plain(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{_plain(key[1])}".strip("."), number)
            closing = next((quote for quote in _QUOTES if line.count(quote) == 1), "")
    return lines


def find_line(lines: Mapping[str, int], key: str) -> int | None:
    """Returns the line of the key, else of the innermost table around it that has one."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


def _plain(path: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in re.findall(_PART, path))
