"""Reads a policy folder strictly: `facts.toml`, `words/LANGUAGE.toml` and `glossary.toml`.

Every fault comes with a sentence that says how to mend it.
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
from forecourt.policy.check import (
    FACTS_FILE,
    GLOSSARY_FILE,
    Finding,
    PolicyHasFindings,
    Remedy,
    check_policy,
    judge_policy,
    remedy,
)
from forecourt.policy.check.gaps import company_names
from forecourt.policy.files.incomplete_facts import complete_facts
from forecourt.policy.model import (
    AiUse,
    Audience,
    Basis,
    Facts,
    Level,
    Policy,
    Relation,
    Role,
    Term,
    Translation,
    TranslationState,
)
from forecourt.policy.stated_facts import ENGAGEMENT_FACTS, ENTITY_FACTS, PROCESSOR_FACTS

WORDS_FOLDER = "words"
TRANSLATIONS = "translations"
_ROWS = ("entities", "engagements")
# CLDR knows these codes too; ISO 3166-1 assigns none of them to a country.
_RESERVED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
_CHOICES = {
    "level": Level,
    "relation": Relation,
    "audiences": Audience,
    "mechanism.kind": Basis,
    "ai": AiUse,
    "locations.role": Role,
}
_DECODED = frozenset({"legal_name", "purpose"})
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
_BYTES_AT_MOST = 16 * 1024 * 1024  # of one file; the facts of 2,000 engagements take one
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{5,8})*")  # BCP 47, as usual
_DEPTH_AT_MOST = 8  # tables in tables; nothing that is meant comes near


def load_policy(folder: Path) -> Policy:
    """Returns a policy that can be released.

    Raises `PolicyHasFindings` with a sentence for each fault: its file, its key and how to mend it.
    """
    policy, findings = read_policy(folder)
    grave = [finding for finding in findings if finding.grave]
    if policy is None or grave:
        raise PolicyHasFindings(grave)
    return policy


def read_policy(folder: Path) -> tuple[Policy | None, list[Finding]]:
    """Returns the policy as far as it can be read, and all that is wrong with it."""
    policy, findings = read_unchecked(folder)
    return policy, [*findings, *_judge_incomplete(folder)] if policy is None else check_policy(policy, country_codes())


def read_unchecked(folder: Path) -> tuple[Policy | None, list[Finding]]:
    """Returns the policy where its files can be read, fit to release or not, and what cannot be read of them."""
    findings: list[Finding] = []
    policy = _read_words(
        folder, _decode_facts(read_table(folder / FACTS_FILE, FACTS_FILE, findings), findings), findings
    )
    return (None, findings) if findings else (policy, [])


def read_company_names(folder: Path) -> dict[str, str]:
    """Returns what `company_names` does, of facts that cannot be read as a policy yet."""
    findings: list[Finding] = []
    table = read_table(folder / FACTS_FILE, FACTS_FILE, findings)
    facts = _decode_facts(complete_facts(table), findings) if table else None
    return company_names(facts) if facts else {}


def _judge_incomplete(folder: Path) -> list[Finding]:
    """Returns the findings about a folder that lacks facts, as import makes one."""
    findings: list[Finding] = []
    table = read_table(folder / FACTS_FILE, FACTS_FILE, findings)
    policy = _read_words(folder, _decode_facts(complete_facts(table), findings) if table else None, findings)
    return judge_policy(policy) if policy else []


def _read_words(folder: Path, facts: Facts | None, findings: list[Finding]) -> Policy | None:
    files = dict(read_languages(folder / WORDS_FOLDER, findings))
    glossary = _read_glossary(folder / GLOSSARY_FILE, findings)
    if facts is None:
        return None
    words = {language: file.words for language, file in files.items()}
    source = facts.source_language
    translations = {language: file.translations for language, file in files.items() if language != source}
    return Policy(facts, words, translations, glossary)


@cache
def country_codes() -> frozenset[str]:
    """Returns the two-letter codes of ISO 3166-1, from CLDR."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code)) - set(_RESERVED.split())


def read_table(path: Path, name: str, findings: list[Finding]) -> dict[str, Any] | None:
    """Returns the TOML file at `path`, or None where it cannot be read; then a finding is added under `name`."""
    try:
        return tomllib.loads(_read_text(path))
    except FileNotFoundError:
        findings.append(Finding(name, "", remedy("missing_file"), "missing-file"))
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError of its own
        findings.append(Finding(name, "", remedy("unreadable_file", error=str(error)), "unreadable-file"))
    return None


def _read_text(path: Path) -> str:
    """Reads a bounded text. What stands in a folder may be a pipe or a device that never ends.

    Raises OSError or ValueError.
    """
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    with path.open("rb") as file:
        content = file.read(_BYTES_AT_MOST + 1)
    if len(content) > _BYTES_AT_MOST:
        raise ValueError(f"it is larger than {_BYTES_AT_MOST // 1024**2} MiB")
    return content.decode("utf-8-sig")


def _decode_facts(table: dict[str, Any] | None, findings: list[Finding]) -> Facts | None:
    if table is None:
        return None
    row_ids = {key: sorted(rows) for key in _ROWS if isinstance(rows := table.get(key), dict)}
    if without_ids := [key for key in _ROWS if isinstance(table.get(key), list)]:
        findings += [Finding(FACTS_FILE, key, remedy("unnamed_rows", table=key), "unnamed-rows") for key in without_ids]
        return None
    missing_facts = [*_find_missing_facts(table)]
    findings += missing_facts
    try:
        facts = decode({**table, **{key: _keyed_rows(table[key]) for key in row_ids}}, Facts)
    except Invalid as error:
        findings += [_to_finding(fault, row_ids) for fault in error.faults]
        return None
    return None if missing_facts else facts


def _find_missing_facts(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields a finding for each fact that a complete policy states and this table does not name."""
    if table.get("level", Level.COMPLETE) != Level.COMPLETE:
        return
    for place, record, names in _list_records(table):
        # What no policy can do without is missed when the table is decoded.
        for name in names if isinstance(record, dict) else ():
            if name not in record and name not in _DECODED:
                yield Finding(FACTS_FILE, f"{place}.{name}", remedy("missing_fact"), "missing-fact")


def _list_records(table: dict[str, Any]) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    yield "processor", table.get("processor"), PROCESSOR_FACTS
    for key, names in (("entities", ENTITY_FACTS), ("engagements", ENGAGEMENT_FACTS)):
        rows = table.get(key)
        for row_id, row in sorted(rows.items()) if isinstance(rows, dict) else ():
            yield f"{key}.{row_id}", row, names


def _keyed_rows(table: dict[str, Any]) -> list[object]:
    """Returns `[entities.linode]` as the row `{id: "linode", ...}`. An `id` inside it is refused as misplaced."""
    rows = sorted(table.items())
    return [{**row, "id": key, **_misplaced_id(row)} if isinstance(row, dict) else row for key, row in rows]


def _misplaced_id(row: dict[str, Any]) -> dict[str, Any]:
    return {"id (it is the table's name already)": row["id"]} if "id" in row else {}


def _to_finding(fault: Fault, row_ids: dict[str, list[str]]) -> Finding:
    top, _, rest = fault.path.partition(".")
    at, _, key = rest.partition(".")
    if top in row_ids and at.isdecimal():
        return Finding(FACTS_FILE, ".".join(filter(None, (top, row_ids[top][int(at)], key))), *_to_remedy(fault, key))
    return Finding(FACTS_FILE, fault.path, *_to_remedy(fault, rest))


def _to_remedy(fault: Fault, key: str) -> tuple[Remedy, str]:
    """Returns how to mend the fault, and the slug of the rule."""
    if fault.code == "required":
        return remedy("missing_fact"), "missing-fact"
    if fault.code == "unknown":
        return remedy("unknown_key"), "unknown-key"
    if choices := _CHOICES.get(re.sub(r"\.\d+", "", key)):
        return remedy("invalid_choice", choices=tuple(choices)), "wrong-value"
    return remedy(_KINDS.get(str(fault.params.get("expected")), "wrong_value")), "wrong-value"


@dataclass(frozen=True)
class LanguageFile:
    """Holds one language's file."""

    words: dict[str, str]
    translations: dict[str, Translation]


def read_languages(folder: Path, findings: list[Finding]) -> Iterator[tuple[str, LanguageFile]]:
    for path in sorted(folder.glob("*.toml")):
        name = f"{WORDS_FOLDER}/{path.name}"
        if not is_language(path.stem):
            findings.append(Finding(name, "", remedy("unknown_language"), "unknown-language"))
        elif (texts := read_table(path, name, findings)) is not None:
            translations = texts.pop(TRANSLATIONS, {})
            read_translations = dict(_read_translations(translations, name, findings))
            yield path.stem, LanguageFile(_read_texts(texts, name, findings), read_translations)


def _read_translations(table: Any, file: str, findings: list[Finding]) -> Iterator[tuple[str, Translation]]:
    for key, value in table.items() if isinstance(table, dict) else ():
        state, _, source = value.partition(" ") if isinstance(value, str) else ("", "", "")
        if state in list(TranslationState) and re.fullmatch("[0-9a-f]{16}", source):
            yield key, Translation(TranslationState(state), source)
        else:
            says = remedy("translation_state", states=tuple(TranslationState))
            findings.append(Finding(file, f"{TRANSLATIONS}.{key}", says, "wrong-value"))


def _read_glossary(path: Path, findings: list[Finding]) -> dict[str, dict[str, Term]]:
    table = read_table(path, GLOSSARY_FILE, findings) if path.exists() or path.is_symlink() else None
    try:
        return {language: decode(terms, dict[str, Term]) for language, terms in (table or {}).items()}
    except Invalid as error:
        findings += [Finding(GLOSSARY_FILE, fault.path, *_to_remedy(fault, fault.path)) for fault in error.faults]
        return {}


def is_language(tag: str) -> bool:
    """Returns whether `tag` is a language tag in its usual spelling (RFC 5646, section 2.1.1)."""
    try:
        return bool(_LANGUAGE.fullmatch(tag) and Locale.parse(tag, sep="-"))
    except (ValueError, UnknownLocaleError):
        return False


def _read_texts(table: dict[str, Any], file: str, findings: list[Finding]) -> dict[str, str]:
    words: dict[str, str] = {}
    for key, text in _flatten(table, "", file, findings):
        if key in words:
            findings.append(Finding(file, key, remedy("written_twice"), "repeated"))
        words[key] = text
    return words


def _flatten(
    table: dict[str, Any], above: str, file: str, findings: list[Finding], depth: int = 0
) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield above + key, value
        elif isinstance(value, dict) and depth < _DEPTH_AT_MOST:
            yield from _flatten(value, f"{above}{key}.", file, findings, depth + 1)
        else:
            findings.append(Finding(file, above + key, remedy("unquoted_text"), "wrong-value"))
