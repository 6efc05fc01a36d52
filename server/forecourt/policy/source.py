"""A policy folder: `facts.toml` and `words/LANGUAGE.toml`. Read strictly; what is wrong is said with its mend."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from forecourt.errors import Fault, Invalid, PolicyBroken
from forecourt.policy.model import Audience, Basis, Facts, Kind, Policy, Relation
from forecourt.policy.rules import FACTS_FILE, Flaw, flaws
from forecourt.strict import decode

_ROWS = ("entities", "engagements")
# CLDR knows these codes too; ISO 3166-1 assigns none of them to a country.
_RESERVED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
_CHOICES = {"kind": Kind, "relation": Relation, "audiences": Audience, "mechanism.kind": Basis}


def load(folder: Path) -> Policy:
    """Raises `PolicyBroken` with a sentence for each fault: the file, the key and the mend."""
    found: list[Flaw] = []
    facts = _facts(_table(folder / FACTS_FILE, FACTS_FILE, found), found)
    words = dict(_languages(folder / "words", found))
    policy = Policy(facts, words) if facts else None
    if policy and not found:
        found += flaws(policy, countries())
    if policy is None or found:
        raise PolicyBroken([f"{flaw}." for flaw in found])
    return policy


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
    named = {key: list(rows) for key in _ROWS if isinstance(rows := table.get(key), dict)}
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
    return [{**row, "id": key, **_misplaced(row)} if isinstance(row, dict) else row for key, row in table.items()]


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


def _languages(folder: Path, found: list[Flaw]) -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted(folder.glob("*.toml")):
        name = f"words/{path.name}"
        if not _is_language(path.stem):
            found.append(Flaw(name, "", "is not named for a language; use a tag as in nb.toml or pt-BR.toml"))
        elif (table := _table(path, name, found)) is not None:
            yield path.stem, dict(_flat(table, "", name, found))


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
