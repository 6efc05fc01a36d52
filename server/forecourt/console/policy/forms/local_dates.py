"""Writes and reads days as an agent's browser orders them: 30/12/2026, 12/30/2026 or 30.12.2026."""

import re
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from starlette.requests import Request

from forecourt import i18n
from forecourt.web.weighted_values import parse_weighted_values

_SAMPLE = date(2033, 11, 22)
_NUMBERS = re.compile(r"\D*(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})\D*", re.ASCII)


def date_locale(request: Request, language: str) -> str:
    """Returns the tag by which days are written in `language`: the browser's own, such as `en-US`, where it names one.

    English without a country is British, as on every page.
    """
    for name in parse_weighted_values(request.headers.get("accept-language", "")):
        if name.partition("-")[0].lower() == language and "-" in name and _is_known(name):
            return name
    return str(i18n.cldr(language)).replace("_", "-")


def format_day(day: date, locale: str) -> str:
    """Returns a day in numbers, with all four digits of the year."""
    return str(format_skeleton("yMd", day, locale=Locale.parse(locale, sep="-")))


def parse_day(text: str, locale: str) -> date | None:
    """Returns the day that was typed in the order of `locale`, or as `2026-12-30`; None for what is no day."""
    match = _NUMBERS.fullmatch(text)
    if not match:
        return None
    numbers = [int(number) for number in match.groups()]
    order = "ymd" if len(match[1]) == 4 else _order(locale)
    parts = dict(zip(order, numbers, strict=True))
    try:
        return date(parts["y"] + (2000 if parts["y"] < 100 else 0), parts["m"], parts["d"])
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _order(locale: str) -> str:
    """Returns the order of year, month and day: `dmy`, `mdy` or `ymd`."""
    names = {"2033": "y", "33": "y", "11": "m", "22": "d"}
    return "".join(names[number] for number in re.findall(r"\d+", format_day(_SAMPLE, locale)))


@lru_cache(maxsize=256)
def _is_known(tag: str) -> bool:
    try:
        return Locale.parse(tag, sep="-") is not None
    except (ValueError, UnknownLocaleError):
        return False
