"""A policy folder: `facts.toml`, `words/LANGUAGE.toml` and `glossary.toml`. Read strictly.

What is wrong is said with its mend.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from forecourt.errors import Fault, Invalid, PolicyBroken
from forecourt.policy.model import AiUse, Audience, Basis, Facts, Policy, Relation, Role, State, Term, Translation
from forecourt.policy.rules import FACTS_FILE, Flaw, flaws
from forecourt.strict import decode

GLOSSARY_FILE = "glossary.toml"
TRANSLATIONS = "translations"
_ROWS = ("entities", "engagements")
# CLDR knows these codes too; ISO 3166-1 assigns none of them to a country.
_RESERVED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
_CHOICES = {"relation": Relation, "audiences": Audience, "mechanism.kind": Basis, "ai": AiUse, "role": Role}


def load(folder: Path) -> Policy:
    """A policy that can be released. Raises `PolicyBroken` with a sentence for each fault: file, key and mend."""
    policy, found = read(folder)
    if policy is None or found:
        raise PolicyBroken([f"{flaw}." for flaw in found])
    return policy


def read(folder: Path) -> tuple[Policy | None, list[Flaw]]:
    """The policy as far as it can be read, and all that is wrong with it."""
    found: list[Flaw] = []
    facts = _facts(_table(folder / FACTS_FILE, FACTS_FILE, found), found)
    files = dict(_languages(folder / "words", found))
    glossary = _glossary(folder / GLOSSARY_FILE, found)
    if facts is None or found:
        return None, found
    policy = Policy(
        facts,
        {language: file.words for language, file in files.items()},
        {language: file.translations for language, file in files.items() if language != facts.source_language},
        glossary,
    )
    return policy, flaws(policy, countries())


@cache
def countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166-1, from CLDR."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code)) - set(_RESERVED.split())


def _table(path: Path, name: str, found: list[Flaw]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        found.append(Flaw(name, "", "is missing; every policy folder has one"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found.append(Flaw(name, "", f"cannot be read ({error}); write it as TOML in UTF-8"))
    return None


def _facts(table: dict[str, Any] | None, found: list[Flaw]) -> Facts | None:
    if table is None:
        return None
    named = {key: sorted(rows) for key in _ROWS if isinstance(rows := table.get(key), dict)}
    if listed := [key for key in _ROWS if isinstance(table.get(key), list)]:
        found += [Flaw(FACTS_FILE, key, f"is a list; give each row its name, as in [{key}.linode]") for key in listed]
        return None
    try:
        return decode({**table, **{key: _rows(table[key]) for key in named}}, Facts)
    except Invalid as error:
        found += [_flaw(fault, named) for fault in error.faults]
        return None


def _rows(table: dict[str, Any]) -> list[object]:
    """`[entities.linode]` as the row `{id: "linode", ...}`; an `id` inside it stays out of place, and is told so."""
    rows = sorted(table.items())
    return [{**row, "id": key, **_misplaced(row)} if isinstance(row, dict) else row for key, row in rows]


def _misplaced(row: dict[str, Any]) -> dict[str, Any]:
    return {"id (it is the table's name already)": row["id"]} if "id" in row else {}


def _flaw(fault: Fault, named: dict[str, list[str]]) -> Flaw:
    top, _, rest = fault.path.partition(".")
    at, _, key = rest.partition(".")
    if top in named and at.isdecimal():
        return Flaw(FACTS_FILE, ".".join(filter(None, (top, named[top][int(at)], key))), _mend(fault, key))
    return Flaw(FACTS_FILE, fault.path, _mend(fault, rest))


def _mend(fault: Fault, key: str) -> str:
    if fault.code == "required":
        return "is missing; add it"
    if fault.code == "unknown":
        return "is not a key Forecourt knows; remove it or mend its spelling"
    if choices := _CHOICES.get(key):
        return f"is not one of {', '.join(choices)}; use one of them"
    return f"is of the wrong kind; write {fault.params.get('expected', 'something else')}"


@dataclass(frozen=True)
class _File:
    """One language's file."""

    words: dict[str, str]
    translations: dict[str, Translation]


def _languages(folder: Path, found: list[Flaw]) -> Iterator[tuple[str, _File]]:
    for path in sorted(folder.glob("*.toml")):
        name = f"words/{path.name}"
        if not _is_language(path.stem):
            found.append(Flaw(name, "", "is not named for a language; use a tag as in nb.toml or pt-BR.toml"))
        elif (table := _table(path, name, found)) is not None:
            made = table.pop(TRANSLATIONS, {})
            yield path.stem, _File(dict(_flat(table, "", name, found)), dict(_translations(made, name, found)))


def _translations(table: Any, file: str, found: list[Flaw]) -> Iterator[tuple[str, Translation]]:
    for key, value in table.items() if isinstance(table, dict) else ():
        state, _, source = value.partition(" ") if isinstance(value, str) else ("", "", "")
        if state in list(State) and re.fullmatch("[0-9a-f]{16}", source):
            yield key, Translation(State(state), source)
        else:
            mend = f"write {' or '.join(State)}, a space and the hash of the source text, as `policy export` does"
            found.append(Flaw(file, f"{TRANSLATIONS}.{key}", mend))


def _glossary(path: Path, found: list[Flaw]) -> dict[str, dict[str, Term]]:
    table = _table(path, GLOSSARY_FILE, found) if path.is_file() else None
    try:
        return {language: decode(terms, dict[str, Term]) for language, terms in (table or {}).items()}
    except Invalid as error:
        found += [Flaw(GLOSSARY_FILE, fault.path, _mend(fault, fault.path)) for fault in error.faults]
        return {}


def _is_language(tag: str) -> bool:
    try:
        return bool(Locale.parse(tag, sep="-"))
    except (ValueError, UnknownLocaleError):
        return False


def _flat(table: dict[str, Any], above: str, file: str, found: list[Flaw]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.", file, found)
        elif isinstance(value, str):
            yield above + key, value
        else:
            found.append(Flaw(file, above + key, "is no text; put it in quotes"))
