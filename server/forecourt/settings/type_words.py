"""Puts into words what a setting may be, what was found in its place, and what was probably meant."""

import types
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from forecourt.characters import to_printable
from forecourt.settings.known_keys import without_metas, without_none
from forecourt.settings.nearest import find_nearest

MAX_SHOWN = 60  # characters of a value that is repeated
_BOOLEANS = {"yes": True, "on": True, "no": False, "off": False}
_NOUNS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    Path: "a path in quotes",
}


def describe_type(kind: Any) -> str:
    """Returns what a value of this type is: `a whole number from 0 to 65535`."""
    kind = without_none(kind)
    bare, metas = without_metas(kind), getattr(kind, "__metadata__", ())
    if described := next((meta.description for meta in metas if meta.description), None):
        return str(described)
    origin, parts = get_origin(bare), get_args(bare)
    if origin is Literal:
        return f"one of {', '.join(show(value) for value in parts)}" if len(parts) > 1 else show(parts[0])
    if origin in (Union, types.UnionType):
        return " or ".join(describe_type(part) for part in parts)
    if origin is tuple:
        least = "a list of at least one" if any(meta.min_length for meta in metas) else "a list"
        return f"{least}, each {describe_type(parts[0])}"
    return _NOUNS.get(bare, "a table") + _describe_range(metas)


def _describe_range(metas: tuple[msgspec.Meta, ...]) -> str:
    """Returns the end of a number's description: ` from 1 to 5`, ` over 0`."""
    meta = metas[0] if metas else msgspec.Meta()
    low = f" from {meta.ge}" if meta.ge is not None else f" over {meta.gt}" if meta.gt is not None else ""
    high = "" if meta.le is None else f" to {meta.le}" if meta.ge is not None else f", at most {meta.le}"
    return low + high


def show(value: object) -> str:
    """Returns a value as TOML writes it, cut where it is long. It holds nothing that could drive a terminal."""
    match value:
        case bool():
            return str(value).lower()
        case str() | Path():
            text = to_printable(str(value))
            return f'"{text[:MAX_SHOWN]}…"' if len(text) > MAX_SHOWN else f'"{text}"'
        case list() | tuple():
            return f"[{', '.join(show(item) for item in value[:3])}{', …' if len(value) > 3 else ''}]"
        case dict():
            return "a table"
        case int() | float() | date() | datetime() | time():
            return str(value)[:MAX_SHOWN]
    return to_printable(repr(value))[:MAX_SHOWN]


def find_meant(value: object, kind: Any) -> str:
    """Returns the allowed value that `value` probably stands for, as TOML; empty where none is near."""
    if isinstance(value, str) and not value.strip():
        return ""
    bare = without_metas(without_none(kind))
    choices = [str(choice) for choice in get_args(bare)] if get_origin(bare) is Literal else []
    if choices:
        return show(nearest) if isinstance(value, str) and (nearest := find_nearest(value, choices)) else ""
    for candidate in _candidates(value):
        if candidate != value and is_a(candidate, kind):
            return show(candidate)
    return _find_lenient(value, kind) if isinstance(value, str) else ""


def _candidates(value: object) -> Iterator[object]:
    """Yields what may have been meant: without a path, with a scheme, in small letters, as a list."""
    if isinstance(value, str):
        text = value.strip()
        yield from (text, text.lower(), _BOOLEANS.get(text.lower(), value), f"#{text}")
        if "@" in text:
            yield f"mailto:{text}"
        yield "#" + "".join(2 * digit for digit in text.removeprefix("#"))
        yield from _origins(text.lower())
    yield [value]
    if isinstance(value, str):
        yield list(_origins(value.strip().lower()))


def _origins(text: str) -> Iterator[str]:
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is not closed
        return
    yield f"{parts.scheme}://{parts.netloc}"


def _find_lenient(value: str, kind: Any) -> str:
    """Returns a number or boolean that stands in quotes."""
    try:
        converted = msgspec.convert(value.strip(), type=kind, strict=False)
    except msgspec.ValidationError:
        return ""
    return show(converted) if isinstance(converted, bool | int | float) else ""


def is_a(value: object, kind: Any) -> bool:
    """Checks whether a value, as TOML has it, is of a type."""
    try:
        msgspec.convert(value, type=kind)
    except msgspec.ValidationError:
        return False
    return True
