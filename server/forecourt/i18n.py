"""Speaks the reader's language: texts from the catalogues, names and dates from CLDR."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.lists import format_list as babel_format_list
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from forecourt.resources import LOCALES

SOURCE = "en"
_WITH_ENGLISH_ARTICLE = {
    *("AE", "AX", "BQ", "BS", "CC", "CF", "CK", "DO", "FK", "FO", "GB", "GM", "HM", "IM", "IO", "KM", "KY", "MH", "MP"),
    *("MV", "NL", "PH", "PN", "PS", "SB", "SC", "TC", "TF", "UM", "US", "VG", "VI"),
}
"""Holds the countries whose English name has "the" before it within a sentence."""
_DAYS_OF_MONTH = 365.25 / 12


class Words:
    """Holds one language's texts. `words("error.required", limit=5)` returns one; an unknown key is a KeyError."""

    def __init__(self, locale: str, texts: dict[str, str]):
        self.locale = locale
        self._texts = texts
        self._texts_by_prefix: dict[str, MappingProxyType[str, str]] = {}

    def __call__(self, key: str, /, **params: object) -> str:
        text = self._texts[key]
        for name, value in params.items():
            text = fill_value(text, name, str(value))
        return text

    def plural(self, key: str, count: int, /, **params: object) -> str:
        """Returns the text for a number of things, which fills `{count}`: `key` ends in its plural category (CLDR)."""
        category = cldr(self.locale).plural_form(count)
        return self(f"{key}.{category}", count=number(count, self.locale), **params)

    def under(self, prefix: str) -> MappingProxyType[str, str]:
        """Returns every text whose key begins with `prefix`, by the rest of its key. Looks for them once."""
        if prefix not in self._texts_by_prefix:
            texts = {key.removeprefix(prefix): text for key, text in self._texts.items() if key.startswith(prefix)}
            self._texts_by_prefix[prefix] = MappingProxyType(texts)
        return self._texts_by_prefix[prefix]


def fill_value(text: str, name: str, value: str) -> str:
    """Returns `text` with `{name}` replaced. A value that ends with a full stop, such as "s. r. o.", gets no second."""
    if value.endswith("."):
        text = text.replace(f"{{{name}}}.", value)
    return text.replace(f"{{{name}}}", value)


@cache
def words(locale: str) -> Words:
    """Returns the catalogue of a language that Forecourt is shipped with."""
    return Words(locale, json.loads((LOCALES / f"{locale}.json").read_text("utf-8")))


@cache
def shipped_locales() -> tuple[str, ...]:
    """Returns the languages that have a catalogue, the source language first."""
    locales = sorted(path.stem for path in LOCALES.glob("*.json"))
    return (SOURCE, *(locale for locale in locales if locale != SOURCE))


def direction(locale: str) -> str:
    """Returns `ltr` or `rtl`."""
    return str(cldr(locale).text_direction)


@lru_cache(maxsize=8192)
def country(code: str, locale: str) -> str:
    """Returns the name of the country with this ISO 3166 code."""
    return str(cldr(locale).territories[code])


def country_in_sentence(code: str, locale: str) -> str:
    """Returns the name of a country as it stands within a sentence: "the Netherlands"."""
    name = country(code, locale)
    return f"the {name}" if code in _WITH_ENGLISH_ARTICLE and cldr(locale).language == "en" else name


def long_date(day: date, locale: str) -> str:
    return str(format_date(day, format="long", locale=cldr(locale)))


def long_moment(moment: datetime, locale: str) -> str:
    """Formats a moment with seconds, in UTC: `23 November 2026 at 21:00:00 UTC`."""
    return str(format_datetime(moment, format="long", tzinfo=UTC, locale=cldr(locale)))


def days(count: int, locale: str) -> str:
    """Formats a number of days: `1 day`, `23 days`."""
    return _calendar_days(str(format_unit(count, "duration-day", "long", locale=cldr(locale))), count, locale)


@lru_cache(maxsize=8192)
def duration(days: int, locale: str) -> str:
    """Formats a time of so many days as people say it: `six months` for 182, `two years` for 730, `100 days`."""
    count, unit = _largest_unit(days)
    text = str(format_unit(count, f"duration-{unit}", "long", locale=cldr(locale)))
    number_words = words(locale).under("number.")
    word = number_words.get(f"{count}.{unit}") or number_words.get(str(count), str(count))
    return _calendar_days(text, count, locale).replace(str(count), word, 1)


def _largest_unit(days: int) -> tuple[int, str]:
    """Returns the largest unit of which `days` is a whole number, but for what months and leap years differ by."""
    months = round(days / _DAYS_OF_MONTH)
    if not months or abs(days - months * _DAYS_OF_MONTH) > max(1.5, days / 1000):
        return days, "day"
    return (months, "month") if months % 12 else (months // 12, "year")


def in_days(count: int, locale: str) -> str:
    """Formats how far ahead a day is: `in 1 day`, `in 30 days`. `count` is at least 1."""
    # Deadlines are counted in days: below this threshold Babel would use weeks and months.
    text = format_timedelta(timedelta(count), "day", threshold=10**9, add_direction=True, locale=cldr(locale))
    return _calendar_days(str(text), count, locale)


def _calendar_days(text: str, count: int, locale: str) -> str:
    """Replaces CLDR's Norwegian word for 24 hours (døgn) by the one for a day of the calendar (dag)."""
    return text.replace("døgn", "dag" if count == 1 else "dager") if locale == "nb" else text


def number(count: int, locale: str) -> str:
    """Formats a number as the language does: `5,000`."""
    return str(format_decimal(count, locale=cldr(locale)))


def percent(share: int, locale: str) -> str:
    return str(format_percent(share / 100, locale=cldr(locale)))


def language_name(tag: str, locale: str) -> str:
    """Returns the name of the language `tag` in `locale`: `Norwegian Bokmål`."""
    return str(Locale.parse(tag, sep="-").get_display_name(cldr(locale)) or tag)


def language(locale: str) -> str:
    """Returns the language's own name for itself: `norsk bokmål`."""
    return str(Locale.parse(locale, sep="-").get_display_name() or locale)


@cache
def cldr(locale: str) -> Locale:
    """Returns the CLDR data of a language. English is British, in dates and lists as in spelling."""
    return Locale.parse("en-GB" if locale == "en" else locale, sep="-")


def plural_categories(locale: str) -> frozenset[str]:
    """Returns the categories of numbers that the language tells apart (CLDR): `one` and `other` in English."""
    return frozenset(cldr(locale).plural_form.tags) | {"other"}


def list_separators(locale: str) -> dict[str, str]:
    """Returns what stands between the names of a list (CLDR): `last` before the last, `next` before those between."""
    patterns = cldr(locale).list_patterns["standard"]
    parts = {"next": "middle", "last": "end"}
    return {name: patterns[part].removeprefix("{0}").removesuffix("{1}") for name, part in parts.items()}


def format_list(items: Iterable[str], locale: str, style: Literal["standard", "or"] = "standard") -> str:
    """Returns `items` as `locale` lists them (CLDR): "a, b and c"; in style `or`, "a, b or c"."""
    return str(babel_format_list(list(items), style=style, locale=cldr(locale)))
