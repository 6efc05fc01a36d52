"""Cuts the console's lists into pages. How many rows a page has stands in the module of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from starlette.requests import Request

EDITOR_ROWS = 50  # of the policy editor's lists
MAX_SEARCH_LENGTH = 100  # characters

BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
Row = TypeVar("Row")


def parse_before(request: Request) -> datetime | None:
    """Returns where a list's page begins, by `?before=`. What is no moment counts as the beginning of the list."""
    return parse_cursor(request, "before")


def parse_cursor(request: Request, name: str) -> datetime | None:
    """Returns the moment that the parameter `name` of the address gives; None where it gives none."""
    try:
        return datetime.fromisoformat(request.query_params.get(name, "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def split_page(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], Row | None]:
    """Returns the first `size` rows, and the last of them where more follow: the next page begins after it.

    `rows` are read with one to spare.
    """
    return rows[:size], rows[size - 1] if len(rows) > size else None


@dataclass(frozen=True, slots=True)
class NumberedPage(Generic[Row]):
    """Holds one page of a list that is counted as a whole. `number` and `last` begin with 1.

    `query` is what was searched for. `excess`: by how many characters it is too long for a search.
    """

    rows: Sequence[Row]
    total: int
    number: int
    last: int
    query: str
    excess: int


def numbered_page(request: Request, rows: Sequence[Row]) -> NumberedPage[Row]:
    """Returns the page of `rows` that `?page=` names, or the nearest there is."""
    last = max(1, -(-len(rows) // EDITOR_ROWS))
    text = request.query_params.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    number = min(max(1, number), last)
    start = (number - 1) * EDITOR_ROWS
    query = _search_text(request)
    excess = max(0, len(query) - MAX_SEARCH_LENGTH)
    return NumberedPage(rows[start : start + EDITOR_ROWS], len(rows), number, last, query, excess)


def matches_search(request: Request, *texts: str) -> bool:
    """Checks whether one of `texts` contains what `?q=` searches for, in capital or small letters.

    Nothing contains a text that is too long: it is refused rather than cut.
    """
    query = _search_text(request)
    return len(query) <= MAX_SEARCH_LENGTH and query.casefold() in "\n".join(texts).casefold()


def _search_text(request: Request) -> str:
    return request.query_params.get("q", "").strip()
