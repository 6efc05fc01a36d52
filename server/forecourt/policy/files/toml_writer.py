"""Writes TOML as people keep it in git: a list or a small table on one line where it fits, long texts over several."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import tomli_w

_WIDTH = 120


def to_toml(comment: str, tables: Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]) -> str:
    """Returns TOML with a comment at the top. Each table is a path, empty for the top, and its keys in order."""
    parts = [f"# {comment}\n", *(_write_table(path, rows) for path, rows in tables)]
    return "\n".join(part for part in parts if part)


def _write_table(path: tuple[str, ...], rows: Mapping[str, Any]) -> str:
    head = f"[{'.'.join(map(_write_key, path))}]\n" if path else ""
    return head + "".join(_write_line(key, value) for key, value in rows.items())


def _write_line(key: str, value: Any) -> str:
    line = f"{_write_key(key)} = {_write_value(value, multiline=True)}\n"
    if isinstance(value, list) and len(line) > _WIDTH:
        return "\n".join([f"{_write_key(key)} = [", *(f"  {_write_value(each)}," for each in value), "]\n"])
    return line


def _write_value(value: Any, multiline: bool = False) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_write_key(key)} = {_write_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_write_value, value))}]"
    if isinstance(value, str):
        # A carriage return would not come back from a text of several lines.
        return _write_inline({"x": value}, multiline and "\r" not in value).removeprefix("x = ")
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def _write_key(key: str) -> str:
    return _write_inline({key: 0}).removesuffix(" = 0")


def _write_inline(table: dict[str, Any], multiline: bool = False) -> str:
    return tomli_w.dumps(table, multiline_strings=multiline).removesuffix("\n")
