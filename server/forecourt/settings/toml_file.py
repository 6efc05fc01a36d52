"""Reads a settings file, and says where it is not TOML: line, column and the line itself."""

import re
import tomllib
from pathlib import Path
from typing import Any

from forecourt.characters import to_printable
from forecourt.errors import SettingsBroken
from forecourt.settings.known_keys import secret_paths

MAX_BYTES = 1024 * 1024
MAX_LINE = 100  # characters of the line that are shown
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_BARE_TEXT = re.compile(r"^\s*[\w.-]+\s*=\s*[A-Za-z/@][^\"'\[\]{}=]*$")
_ASSIGNMENT = re.compile(r"^\s*[\w.\"'-]+\s*=")


def read_toml(path: Path) -> dict[str, Any]:
    """Returns what the file holds. A byte order mark, which editors on Windows write, is no fault.

    Raises `SettingsBroken` with a sentence and the line.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsBroken(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > MAX_BYTES:
        raise SettingsBroken(f"{path} is larger than {MAX_BYTES // 1024} KiB.")
    text = _decode(path, raw)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsBroken(_explain(path, text, str(error))) from error
    except RecursionError as error:
        raise SettingsBroken(f"{path} has lists or tables that are nested too deep.") from error


def _decode(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise SettingsBroken(f"{path}, line {number}: byte {raw[error.start]:#x} is not UTF-8.") from error


def _explain(path: Path, text: str, message: str) -> str:
    """Returns the sentence, then the line with a mark under the column."""
    lines, (number, column) = text.split("\n"), _find_place(text, message)
    reason = to_printable(message.rpartition(" (at ")[0] or message)
    sentence = f"{path}, line {number}, column {column}: {reason}."
    if _may_hold_secret(lines[:number]):
        return f"{sentence}\n  (the line is not shown: it may hold a secret)"
    line = lines[number - 1].rstrip("\r")
    hint = " A text needs quotes." if _BARE_TEXT.match(line) else ""
    return f"{sentence}{hint}\n{_show_line(line, column)}"


def _find_place(text: str, message: str) -> tuple[int, int]:
    """Returns the line and column that the parser names, or those of the end, where something is not closed."""
    if place := _PLACE.search(message):
        return int(place[1]), int(place[2])
    rest = text.rstrip("\n")
    return rest.count("\n") + 1, len(rest.rpartition("\n")[2]) + 1


def _show_line(line: str, column: int) -> str:
    """Returns the line, or the part around the column of a long one, and a mark under the column."""
    start = max(0, column - MAX_LINE // 2) if len(line) > MAX_LINE else 0
    before = to_printable(line[start : column - 1].replace("\t", " "))
    after = to_printable(line[column - 1 : column - 1 + MAX_LINE])
    return f"  {before}{after}\n  {' ' * len(before)}^"


def _may_hold_secret(lines: list[str]) -> bool:
    """Checks whether the last line, or the value that goes on in it, belongs to a key that is a secret."""
    first = next((at for at in range(len(lines) - 1, -1, -1) if _ASSIGNMENT.match(lines[at])), 0)
    keys = {path.rpartition(".")[2] for path in secret_paths()}
    return any(re.search(rf"\b{key}\b", line) for line in lines[first:] for key in keys)
