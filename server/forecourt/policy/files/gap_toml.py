"""Writes the shortest TOML that names what a policy lacks, to be pasted and filled in."""

import re
from collections.abc import Iterable

from forecourt.characters import to_printable
from forecourt.policy.check.finding import FACTS_FILE
from forecourt.policy.check.gaps import Gap
from forecourt.policy.model import Audience, Basis, Relation

_VALUES = {
    "audiences": "[]",
    "data": "[]",
    "subjects": "[]",
    "locations": '[{ country = "" }]',
    "mechanism": '{ kind = "" }',
    "processor": '{ entity = "" }',
}
_HELP = {
    "country": "two letters: NO",
    "relation": f"one of {', '.join(Relation)}",
    "audiences": f"of {', '.join(Audience)}",
    "locations": "two letters: NO",
    "mechanism": f"one of {', '.join(Basis)}",
    "data": "keys of texts under [data] in words/",
    "subjects": "keys of texts under [subject] in words/",
    "processor": "which of [entities] you are",
    "updated": "a day without quotes: 2026-01-31",
    "source_language": "the language that the others are translated from: en",
    "effective": "a day without quotes: 2026-01-31",
    "service": "the key of a text under [service] in words/",
    "purpose": "the key of a text under [purpose] in words/",
    "entity": "which of [entities] it is",
    "kind": "one of the sections above",
}


def to_toml(gap: Gap) -> str:
    """Returns the line without a value."""
    value = _VALUES.get(gap.name, '""') if gap.file == FACTS_FILE else '""'
    return f"{quote_key(gap.name)} = {value}"


def find_help(gap: Gap) -> str:
    """Returns what its value may be; blank where the name says it. The processor's service is a name, and no key."""
    is_plain = gap.file != FACTS_FILE or gap.table == "processor"
    return "" if is_plain else _HELP.get(gap.name, "")


def to_header(table: str) -> str:
    return f"[{'.'.join(map(quote_key, table.split('.')))}]"


def quote_key(key: str) -> str:
    """Returns a key as TOML writes it, with nothing in it that could drive a terminal."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", key):
        return key
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{to_printable(escaped)}"'


def by_table(gaps: Iterable[Gap]) -> dict[tuple[str, str], list[Gap]]:
    """Returns the gaps by file and table, since those are pasted in one go."""
    tables: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        tables.setdefault((gap.file, gap.table), []).append(gap)
    return tables
