"""Finds dates as pages write them: ISO, with a month's name in the page's language or English, or day.month.year."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from babel import Locale

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_BEFORE_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s+(?:de\s+)?$")
_DAY_AND_YEAR_AFTER_MONTH = re.compile(r"\.?,?\s+(?:de\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")


def find_dates(text: str, language: str) -> list[date]:
    """Returns every date in `text`, in the order in which they stand."""
    return [day for _, day in sorted(_find_dated_positions(text, language))]


def _find_dated_positions(text: str, language: str) -> Iterator[tuple[int, date]]:
    for match in _ISO.finditer(text):
        yield from _valid_date(match.start(), *map(int, match.groups()))
    for match in _DOTTED.finditer(text):
        day, month, year = map(int, match.groups())
        yield from _valid_date(match.start(), year, month, day)
    for match in re.finditer(r"[^\W\d_]{3,12}", text):
        if month := _month_numbers(language).get(match[0].casefold(), 0):
            yield from _parse_around_month(text, match, month)


def _parse_around_month(text: str, name: re.Match[str], month: int) -> Iterator[tuple[int, date]]:
    """Reads `28 October 2019` and `October 28, 2019` around the month's name."""
    before = _DAY_BEFORE_MONTH.search(text[max(0, name.start() - 12) : name.start()])
    after = _DAY_AND_YEAR_AFTER_MONTH.match(text[name.end() : name.end() + 20])
    day = (after and after[1]) or (before and before[1])
    if after and day:
        yield from _valid_date(name.start(), int(after[2]), month, int(day))


def _valid_date(position: int, year: int, month: int, day: int) -> Iterator[tuple[int, date]]:
    try:
        yield position, date(year, month, day)
    except ValueError:
        return


@cache
def _month_numbers(language: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for locale in ("en", language):
        for width in ("abbreviated", "wide"):
            months = Locale.parse(locale, sep="-").months["format"][width]
            names |= {str(name).rstrip(".").casefold(): number for number, name in months.items()}
    return names
