"""Reads dates as pages write them: in digits, or with a month's name in any of the languages that import reads.

A date that can be two is not taken, save where the page's language has one order; it is named either way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from forecourt.policy.importing.places.countries import LANGUAGES
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.remark_values import Alternatives

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_FIRST_WITH_WORDS = re.compile(
    r"(?<!\d)(\d{4})(?:\s?年\s?|\s?년\s?|\.\s)(\d{1,2})(?:\s?月\s?|\s?월\s?|\.\s)(\d{1,2})(?:\s?日|\s?일|(?!\d))"
)
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?![\d./-]*\d)")
_ORDINAL = r"(?:\s?er\b|st|nd|rd|th|er|re|\.?º|ª|°|:a|:e|\.)?"
_BEFORE_MONTH = (
    r"(?:(?<!\d)(?P<year_before>\d{4})[\s,/.-]+)?"
    rf"(?:(?<!\d)(?P<day>\d{{1,2}}){_ORDINAL}[\s/-]*(?:of\s|de\s|den\s|di\s|d['’])?\s*)?"
)
_AFTER_MONTH = (
    rf"(?:[\s,/-]+(?:the\s|of\s)?(?P<day_after>\d{{1,2}})(?!\d){_ORDINAL}(?![\w.]))?"
    r"(?:[\s,/-]+(?:of\s|de\s|del\s|do\s)?(?P<year>\d{4})(?!\d))?"
)


@dataclass(frozen=True)
class ParsedDates:
    """Holds the days of a text in their order, and remarks about what looks like a day and was not surely read.

    `rest` is the text without its dates.
    """

    days: tuple[date, ...]
    remarks: tuple[Remark, ...]
    rest: str


@dataclass(frozen=True)
class _Match:
    """Holds what one stretch of text says: the days that it can be, or what it lacks."""

    span: tuple[int, int]
    text: str
    days: tuple[date, ...]
    lacks: str = ""

    def to_remark(self, day: date | None = None) -> Remark:
        """Returns what is to be said of it. `day` is the one that was taken."""
        if self.lacks:
            return remark(RemarkKind.INCOMPLETE_DATE, self.lacks, text=self.text)
        days = Alternatives(tuple(map(str, self.days)))
        if day is None:
            return remark(RemarkKind.AMBIGUOUS_DATE, text=self.text, days=days)
        return remark(RemarkKind.AMBIGUOUS_DATE, "taken", text=self.text, days=days, day=str(day))


def find_dates(text: str, language: str) -> list[date]:
    """Returns every date in `text` that is only one, in the order in which they stand."""
    return list(parse_dates(text, language).days)


def parse_dates(text: str, language: str) -> ParsedDates:
    matches = sorted((*_find_in_digits(text), *_find_with_names(text, language)), key=lambda match: match.span)
    is_day_first = _is_day_first(language)
    days: list[date] = []
    remarks: list[Remark] = []
    for match in matches:
        if len(match.days) == 1:
            days.append(match.days[0])
        elif match.days and is_day_first is not None:
            days.append(match.days[0 if is_day_first else 1])
            remarks.append(match.to_remark(days[-1]))
        else:
            remarks.append(match.to_remark())
    rest = text
    for match in reversed(matches):
        rest = rest[: match.span[0]] + " " + rest[match.span[1] :]
    return ParsedDates(tuple(days), tuple(remarks), " ".join(rest.split()))


def _find_in_digits(text: str) -> Iterator[_Match]:
    for match in _YEAR_FIRST.finditer(text):
        if days := _valid_days((int(match[1]), int(match[3]), int(match[4]))):
            yield _Match(match.span(), match[0], days)
    for match in _YEAR_FIRST_WITH_WORDS.finditer(text):
        if days := _valid_days((int(match[1]), int(match[2]), int(match[3]))):
            yield _Match(match.span(), match[0], days)
    for match in _YEAR_LAST.finditer(text):
        first, second = int(match[1]), int(match[3])
        year = int(match[4]) if len(match[4]) == 4 else 2000
        orders = [(year, second, first)] if match[2] == "." else [(year, second, first), (year, first, second)]
        if days := _valid_days(*orders):
            is_whole = len(match[4]) == 4
            yield _Match(match.span(), match[0], days if is_whole else (), "" if is_whole else "whole_year")


def _find_with_names(text: str, language: str) -> Iterator[_Match]:
    for match in _month_pattern(language).finditer(text):
        year, day = match["year"] or match["year_before"], match["day_after"] or match["day"]
        if year and day:
            month = _month_numbers(language)[match["name"].casefold()]
            if days := _valid_days((int(year), month, int(day))):
                yield _Match(match.span(), match[0].strip(" .,"), days)
        elif year or day:
            yield _Match(match.span(), match[0].strip(" .,"), (), "year" if day else "day")


def _valid_days(*orders: tuple[int, int, int]) -> tuple[date, ...]:
    """Returns the days that the years, months and days make, each once."""
    days: list[date] = []
    for year, month, day in orders:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


@cache
def _is_day_first(language: str) -> bool | None:
    """Returns whether 06/08 is 6 August in this language, or None where it does not say: English, and year first."""
    pattern = str(Locale.parse(language, sep="-").date_formats["short"].pattern)
    return None if language == "en" or pattern.startswith("y") else pattern.index("d") < pattern.index("M")


@cache
def _month_pattern(language: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(_month_numbers(language), key=len, reverse=True)))
    return re.compile(rf"{_BEFORE_MONTH}\b(?P<name>{names})\b\.?{_AFTER_MONTH}", re.IGNORECASE)


@cache
def _month_numbers(language: str) -> dict[str, int]:
    """Returns the months by their names; the page's language comes last, and so decides."""
    names: dict[str, int] = {"jänner": 1, "maerz": 3, "sept": 9}
    for locale in (*LANGUAGES, language):
        months = Locale.parse(locale, sep="-").months
        for width in ("abbreviated", "wide"):
            for context in ("stand-alone", "format"):
                texts = months[context][width].items()
                names |= {str(name).rstrip(".").casefold(): number for number, name in texts}
    return names
