"""Writes times, languages and topics for the console's templates, which call it `formatter`."""

from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from babel.units import format_unit

from forecourt import clock, i18n

_JUST_NOW = 45  # seconds


class Formatter:
    def __init__(self, locale: str):
        self._locale, self._babel = locale, Locale.parse(locale, sep="-")
        self._topics = i18n.words(locale).under("topic.")
        self._now = clock.now()

    def ago(self, moment: datetime) -> str:
        """Returns how long ago a moment was: `3 min ago`."""
        distance = moment - self._now
        if abs(distance.total_seconds()) < _JUST_NOW:
            return i18n.words(self._locale)("console.just_now")
        return self._distance(moment, with_direction=True)

    def duration_since(self, moment: datetime) -> str:
        """Returns the time from a moment until now: `3 min`."""
        return self._distance(moment, with_direction=False)

    def topic(self, name: str) -> str:
        """Returns the name of a contact form's topic."""
        return self._topics.get(name, name)

    def language(self, code: str) -> str:
        """Returns a language's name, or the code itself where CLDR does not know it."""
        try:
            return str(Locale.parse(code, sep="-").get_display_name(self._babel) or code)
        except (ValueError, UnknownLocaleError):
            return code

    def file_size(self, size: int) -> str:
        """Returns a number of bytes as `840 kB` or `1.2 MB`, rounded up from the first kilobyte on."""
        kilobytes = max(1, round(size / 1000))
        unit, number = ("kilobyte", kilobytes) if kilobytes < 1000 else ("megabyte", round(size / 1_000_000, 1))
        return format_unit(number, f"digital-{unit}", "short", locale=self._babel)

    def utc(self, moment: datetime) -> str:
        """Returns a moment as `2026-11-30 12:05 UTC`."""
        return moment.strftime("%Y-%m-%d %H:%M UTC")

    def iso(self, moment: datetime) -> str:
        """Returns a moment for `<time datetime>`."""
        return clock.iso(moment)

    def cursor(self, moment: datetime) -> str:
        """Returns a moment with its microseconds, for `?before=` in an address."""
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _distance(self, moment: datetime, with_direction: bool) -> str:
        return format_timedelta(
            moment - self._now, granularity="minute", add_direction=with_direction, format="short", locale=self._babel
        )
