"""Lists of thousands in pages of fifty, searched on the server."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from starlette.requests import Request

from forecourt import i18n
from forecourt.policy.files.folder_reader import country_codes

AT_ONCE = 50


def wanted(request: Request) -> str:
    """What is searched for, in small letters."""
    return request.query_params.get("q", "").strip()[:100].casefold()


def matches(request: Request, *texts: str) -> bool:
    return wanted(request) in "\n".join(texts).casefold()


def listed(request: Request, rows: Sequence[object]) -> dict[str, Any]:
    """The page of `rows` that `?page=` names, and what its foot says."""
    last = max(1, -(-len(rows) // AT_ONCE))
    asked = request.query_params.get("page", "")
    number = min(max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1, last)
    start = (number - 1) * AT_ONCE
    return {
        "rows": rows[start : start + AT_ONCE],
        "found": len(rows),
        "number": number,
        "last": last,
        "q": request.query_params.get("q", "")[:100],
    }


@cache
def country_names(locale: str) -> Sequence[tuple[str, str]]:
    """Code and name, in the order of the names."""
    named = [(code, i18n.country(code, locale)) for code in country_codes()]
    return sorted(named, key=lambda each: each[1])
