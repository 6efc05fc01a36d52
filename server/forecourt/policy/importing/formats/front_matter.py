"""Reads front matter: the YAML, TOML or JSON with which site generators let a page begin, or lines such as `Title: x`.

It reads one level, as `key: value`, because a policy has a place for a title and a date only, and because the front
matter of real pages is often no strict YAML.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forecourt.policy.importing.page import Cell, LeftOut, Metadata
from forecourt.policy.importing.page_place import PagePart, PagePlace

_YAML = re.compile(
    r"\s*---[ \t]*\n(?P<body>(?:[ \t]*#.*\n)*[\w\"'-]+[ \t]*:(?:[ \t].*)?\n(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
_TOML = re.compile(r"\s*\+\+\+[ \t]*\n(?P<body>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|$)")
_JSON = re.compile(r"\s*(?P<body>\{[ \t]*\n(?:.*\n)*?\})[ \t]*\n")
# MultiMarkdown and MkDocs: `Title: x` in the first lines, and a blank line. Pandoc: `% x`.
_PLAIN_ENTRY = r"[A-Za-z][\w -]{0,30}:(?:[ \t].*)?\n"
_PLAIN = re.compile(rf"\n*(?P<body>{_PLAIN_ENTRY}(?:{_PLAIN_ENTRY}|[ \t]+\S.*\n)*)(?:[ \t]*\n|$)")
_PERCENT = re.compile(r"\n*(?P<body>%[ \t]+.*\n(?:%.*\n|[ \t]+\S.*\n){0,20})")
_PERCENT_KEYS = ("title", "author", "date")
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
    for pattern, parse in _FORMS:
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
    left_out = (
        (LeftOut(PagePlace(PagePart.FRONT_MATTER, line=line), Cell.from_text(rest), is_content=True),) if rest else ()
    )
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


def _parse_plain(text: str) -> dict[str, str] | None:
    """Returns the entries where one is the title: else the lines are the page's own, as `Updated: 1 May 2024` is."""
    values: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if not line[:1].isspace():
            key, _, line = line.partition(":")
        values.setdefault(key.strip(), []).append(line.strip())
    entries = {key: " ".join(filter(None, lines)) for key, lines in values.items()}
    return entries if any(key.casefold() == "title" and value for key, value in entries.items()) else None


def _parse_percent(text: str) -> dict[str, str] | None:
    lines = [line.removeprefix("%").strip() for line in re.sub(r"\n[ \t]+", " ", text).splitlines()]
    entries = dict(zip(_PERCENT_KEYS, lines, strict=False))
    return entries | {"more": " ".join(lines[len(_PERCENT_KEYS) :])}


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], dict[str, str] | None]], ...] = (
    (_YAML, _parse_yaml),
    (_TOML, _parse_toml),
    (_JSON, _parse_json),
    (_PLAIN, _parse_plain),
    (_PERCENT, _parse_percent),
)


def _to_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
