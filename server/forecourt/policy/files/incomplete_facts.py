"""Facts that lack something, made whole with blanks: what is there can be judged before the rest is written."""

from datetime import date
from typing import Any

_BLANK: dict[str, Any] = {
    "updated": date.min,
    "source_language": "",
    "notes": [],
    "sections": [],
    "processor": {},
    "entities": {},
    "engagements": {},
}
_PROCESSOR = dict.fromkeys(("entity", "service", "host", "contact"), "")
_ENTITY = dict.fromkeys(("legal_name", "address", "country", "contact"), "")
_ENGAGEMENT: dict[str, Any] = {
    **dict.fromkeys(("service", "purpose", "entity", "kind"), ""),
    **{name: [] for name in ("audiences", "locations", "data", "subjects")},
    "relation": "third_party",
    "mechanism": {"kind": "none"},
    "effective": date.min,
}


def complete_facts(table: dict[str, Any]) -> dict[str, Any]:
    """`table`: as `facts.toml` has it. What is of the wrong kind stays so."""
    made: dict[str, Any] = _BLANK | table
    made["processor"] = _with_blanks(_PROCESSOR, made["processor"])
    for name, blank in (("entities", _ENTITY), ("engagements", _ENGAGEMENT)):
        rows = made[name]
        made[name] = {key: _with_blanks(blank, row) for key, row in rows.items()} if isinstance(rows, dict) else rows
    return made


def _with_blanks(blank: dict[str, Any], given: Any) -> Any:
    return blank | given if isinstance(given, dict) else given
