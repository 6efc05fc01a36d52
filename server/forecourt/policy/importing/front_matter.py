"""Reads front matter: the YAML, TOML or JSON with which site generators let a page begin.

It reads one level, as `key: value`, because a policy has a place for a title and a date only, and because the front
matter of real pages is often no strict YAML.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from forecourt.policy.importing.page import Cell, LeftOut, Metadata

_YAML = re.compile(
    r"\s*---[ \t]*\n(?P<body>(?:[ \t]*#.*\n)*[\w\"'-]+[ \t]*:(?:[ \t].*)?\n(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
_TOML = re.compile(r"\s*\+\+\+[ \t]*\n(?P<body>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|$)")
_JSON = re.compile(r"\s*(?P<body>\{[ \t]*\n(?:.*\n)*?\})[ \t]*\n")
_ENTRY = re.compile(r"(?P<key>[\w.-]+|\"[^\"]*\"|'[^']*')[ \t]*:(?:[ \t]+(?P<value>.*)|[ \t]*)")
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?")
_SIZE_AT_MOST = 50_000  # characters
# In the order in which they are taken: the last change before the first day.
_DATES = (
    "lastmod lastmodified lastupdated lastupdate updatedat updated modified modifiedat datemodified dateupdated "
    "revised reviewed effectivedate effective date publishdate publishedat published datepublished"
)


@dataclass(frozen=True)
class SourceText:
    """Holds a file's text without its front matter, of which blank lines remain, and what that says."""

    text: str
    metadata: Metadata
    left_out: tuple[LeftOut, ...] = ()


def split_front_matter(text: str) -> SourceText:
    """Returns the text as it is where it begins with no front matter."""
    for pattern, parse in ((_YAML, _parse_yaml), (_TOML, _parse_toml), (_JSON, _parse_json)):
        match = pattern.match(text[:_SIZE_AT_MOST])
        if match and (entries := parse(match["body"])) is not None:
            blank_lines = "\n" * match[0].count("\n")
            return _to_source(entries, blank_lines + text[match.end() :], text[: match.start("body")].count("\n") + 1)
    return SourceText(text, Metadata())


def _to_source(entries: Mapping[str, str], body: str, line: int) -> SourceText:
    keys = {re.sub(r"[\W_]", "", key).casefold(): key for key in entries}
    title_key = keys.get("title", "")
    date_key = next((keys[name] for name in _DATES.split() if name in keys), "")
    rest = "; ".join(f"{key}: {value}" for key, value in entries.items() if key not in (title_key, date_key) and value)
    left_out = (LeftOut("the front matter", Cell.from_text(rest), line, True),) if rest else ()
    return SourceText(body, Metadata(entries.get(title_key, ""), entries.get(date_key, ""), line), left_out)


def _parse_yaml(text: str) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if match := _ENTRY.fullmatch(line):
            key = match["key"].strip("\"'")
            values[key] = [_parse_scalar(match["value"] or "")]
        elif key and line.strip() and not line.startswith("#"):
            values[key].append(_parse_scalar(line))
    return {key: " ".join(filter(None, lines)) for key, lines in values.items()}


def _parse_scalar(text: str) -> str:
    """Returns a value without its quotes or comment; blank for the mark of a block."""
    value = text.strip()
    if match := re.match(r"([\"'])(.*?)\1\s*(?:#.*)?$", value):
        return match[2]
    value = re.sub(r"(?:^|\s)#.*", "", value).strip()
    return "" if _BLOCK_SCALAR.fullmatch(value) else value


def _parse_toml(text: str) -> dict[str, str] | None:
    try:
        return {key: _to_text(value) for key, value in tomllib.loads(text).items()}
    except (tomllib.TOMLDecodeError, RecursionError):
        return {"": " ".join(text.split())}


def _parse_json(text: str) -> dict[str, str] | None:
    try:
        return {key: _to_text(value) for key, value in json.loads(text).items()}
    except (ValueError, RecursionError):
        return None


def _to_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
