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

from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.policy.check import FACTS_FILE, GLOSSARY_FILE, Finding, PolicyHasFindings, Remedy, flaws, judged, mend
from forecourt.policy.files.incomplete_facts import completed
from forecourt.policy.model import (
    AiUse,
    Audience,
    Basis,
    Facts,
    Policy,
    Relation,
    Role,
    Term,
    Translation,
    TranslationState,
)

WORDS_FOLDER = "words"
TRANSLATIONS = "translations"
_ROWS = ("entities", "engagements")
# CLDR knows these codes too; ISO 3166-1 assigns none of them to a country.
_RESERVED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
_CHOICES = {"relation": Relation, "audiences": Audience, "mechanism.kind": Basis, "ai": AiUse, "locations.role": Role}
_KINDS = {
    "str": "not_text",
    "array": "not_list",
    "date": "not_date",
    "Invalid RFC3339 encoded date": "not_date",
    "int": "not_number",
    "bool": "not_bool",
    "object": "not_table",
    "an object": "not_table",
}
_MOST_BYTES = 16 * 1024 * 1024  # of one file; the facts of 2,000 engagements take one
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{5,8})*")  # BCP 47, as usual
_DEEPEST = 8  # tables in tables; nothing that is meant comes near


def load(folder: Path) -> Policy:
    """A policy that can be released. Raises `PolicyHasFindings`, with a sentence for each fault: file, key and mend."""
    policy, found = read(folder)
    grave = [flaw for flaw in found if flaw.grave]
    if policy is None or grave:
        raise PolicyHasFindings(grave)
    return policy


def read(folder: Path) -> tuple[Policy | None, list[Finding]]:
    """The policy as far as it can be read, and all that is wrong with it."""
    policy, found = as_written(folder)
    return policy, [*found, *_judged(folder)] if policy is None else flaws(policy, countries())


def as_written(folder: Path) -> tuple[Policy | None, list[Finding]]:
    """The policy where its files can be read, whether or not it is fit to release; or what cannot be read of them."""
    found: list[Finding] = []
    policy = _policy(folder, _facts(table(folder / FACTS_FILE, FACTS_FILE, found), found), found)
    return (None, found) if found else (policy, [])


def _judged(folder: Path) -> list[Finding]:
    """Of a folder that lacks facts, as import leaves one."""
    found: list[Finding] = []
    written = table(folder / FACTS_FILE, FACTS_FILE, found)
    policy = _policy(folder, _facts(completed(written), found) if written else None, found)
    return judged(policy) if policy else []


def _policy(folder: Path, facts: Facts | None, found: list[Finding]) -> Policy | None:
    files = dict(languages(folder / WORDS_FOLDER, found))
    glossary = _glossary(folder / GLOSSARY_FILE, found)
    if facts is None:
        return None
    words = {language: file.words for language, file in files.items()}
    made = {language: file.translations for language, file in files.items() if language != facts.source_language}
    return Policy(facts, words, made, glossary)


@cache
def countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166-1, from CLDR."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code)) - set(_RESERVED.split())


def table(path: Path, name: str, found: list[Finding]) -> dict[str, Any] | None:
    """What the TOML file at `path` says; None where it cannot be read, which is then `found` under `name`."""
    try:
        return tomllib.loads(_read(path))
    except FileNotFoundError:
        found.append(Finding(name, "", mend("no_file"), "missing-file"))
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError of its own
        found.append(Finding(name, "", mend("unreadable_file", error=str(error)), "unreadable-file"))
    return None


def _read(path: Path) -> str:
    """Raises OSError or ValueError. What stands in a folder may be a pipe or a device, and never end."""
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 1024**2} MiB")
    return raw.decode("utf-8-sig")


def _facts(table: dict[str, Any] | None, found: list[Finding]) -> Facts | None:
    if table is None:
        return None
    named = {key: sorted(rows) for key in _ROWS if isinstance(rows := table.get(key), dict)}
    if listed := [key for key in _ROWS if isinstance(table.get(key), list)]:
        found += [Finding(FACTS_FILE, key, mend("unnamed_rows", table=key), "unnamed-rows") for key in listed]
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


def _flaw(fault: Fault, named: dict[str, list[str]]) -> Finding:
    top, _, rest = fault.path.partition(".")
    at, _, key = rest.partition(".")
    if top in named and at.isdecimal():
        return Finding(FACTS_FILE, ".".join(filter(None, (top, named[top][int(at)], key))), *_mend(fault, key))
    return Finding(FACTS_FILE, fault.path, *_mend(fault, rest))


def _mend(fault: Fault, key: str) -> tuple[Remedy, str]:
    """And the slug of what is wrong."""
    if fault.code == "required":
        return mend("missing_fact"), "missing-fact"
    if fault.code == "unknown":
        return mend("unknown_key"), "unknown-key"
    if choices := _CHOICES.get(re.sub(r"\.\d+", "", key)):
        return mend("no_choice", choices=tuple(choices)), "wrong-value"
    return mend(_KINDS.get(str(fault.params.get("expected")), "wrong_value")), "wrong-value"


@dataclass(frozen=True)
class LanguageFile:
    """One language's file."""

    words: dict[str, str]
    translations: dict[str, Translation]


def languages(folder: Path, found: list[Finding]) -> Iterator[tuple[str, LanguageFile]]:
    for path in sorted(folder.glob("*.toml")):
        name = f"{WORDS_FOLDER}/{path.name}"
        if not is_language(path.stem):
            found.append(Finding(name, "", mend("unknown_language"), "unknown-language"))
        elif (said := table(path, name, found)) is not None:
            made = said.pop(TRANSLATIONS, {})
            yield path.stem, LanguageFile(_words(said, name, found), dict(_translations(made, name, found)))


def _translations(table: Any, file: str, found: list[Finding]) -> Iterator[tuple[str, Translation]]:
    for key, value in table.items() if isinstance(table, dict) else ():
        state, _, source = value.partition(" ") if isinstance(value, str) else ("", "", "")
        if state in list(TranslationState) and re.fullmatch("[0-9a-f]{16}", source):
            yield key, Translation(TranslationState(state), source)
        else:
            says = mend("translation_state", states=tuple(TranslationState))
            found.append(Finding(file, f"{TRANSLATIONS}.{key}", says, "wrong-value"))


def _glossary(path: Path, found: list[Finding]) -> dict[str, dict[str, Term]]:
    said = table(path, GLOSSARY_FILE, found) if path.exists() or path.is_symlink() else None
    try:
        return {language: decode(terms, dict[str, Term]) for language, terms in (said or {}).items()}
    except Invalid as error:
        found += [Finding(GLOSSARY_FILE, fault.path, *_mend(fault, fault.path)) for fault in error.faults]
        return {}


def is_language(tag: str) -> bool:
    """Written as usual (RFC 5646, section 2.1.1), for it is looked up as it stands."""
    try:
        return bool(_LANGUAGE.fullmatch(tag) and Locale.parse(tag, sep="-"))
    except (ValueError, UnknownLocaleError):
        return False


def _words(table: dict[str, Any], file: str, found: list[Finding]) -> dict[str, str]:
    words: dict[str, str] = {}
    for key, text in _flat(table, "", file, found):
        if key in words:
            found.append(Finding(file, key, mend("written_twice"), "repeated"))
        words[key] = text
    return words


def _flat(
    table: dict[str, Any], above: str, file: str, found: list[Finding], depth: int = 0
) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield above + key, value
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _flat(value, f"{above}{key}.", file, found, depth + 1)
        else:
            found.append(Finding(file, above + key, mend("unquoted_text"), "wrong-value"))
