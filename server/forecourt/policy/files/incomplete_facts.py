"""Completes facts with blanks, so that what is there can be judged before the rest is written."""

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
    """Returns a table of `facts.toml` with blanks for what it lacks. A value of the wrong type stays as it is."""
    complete: dict[str, Any] = _BLANK | table
    complete["processor"] = _with_blanks(_PROCESSOR, complete["processor"])
    for name, blank in (("entities", _ENTITY), ("engagements", _ENGAGEMENT)):
        rows = complete[name]
        complete[name] = (
            {key: _with_blanks(blank, row) for key, row in rows.items()} if isinstance(rows, dict) else rows
        )
    return complete


def _with_blanks(blank: dict[str, Any], table: Any) -> Any:
    return blank | table if isinstance(table, dict) else table
