"""What a page about consents is asked to show: a period, a language, a source, a kind of choice. Decoded strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from forecourt.consent.record import SERVER_SOURCE, Action, Source
from forecourt.decoding import Rules, decode
from forecourt.errors import Fault, Invalid
from forecourt.text_types import Token

DAYS = 30  # of the period where none is said
DAYS_AT_MOST = 366
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
SOURCES = (*Source, SERVER_SOURCE)
Cursor = Annotated[str, Meta(pattern=r"^[0-9]{1,18}\.[0-9]{1,18}$")]


_RULES: Rules = {"source": lambda source: None if source in SOURCES else "choice"}


class FilterQuery(msgspec.Struct):
    since: date | None = None
    until: date | None = None
    locale: Token | None = None
    source: str | None = None
    action: Action | None = None
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Days in UTC, both included. Empty where anything is wanted. `before`: microseconds and number of a record."""

    since: date
    until: date
    locale: str = ""
    source: str = ""
    action: str = ""
    before: tuple[int, int] | None = None

    @property
    def start(self) -> datetime:
        return datetime.combine(self.since, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment that is no part of it."""
        return datetime.combine(self.until + timedelta(1), time(), UTC)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def query(self) -> str:
        """As an address names it, from where lists begin."""
        said = {"since": str(self.since), "until": str(self.until)}
        said |= {"locale": self.locale, "source": self.source, "action": self.action}
        return urlencode({name: text for name, text in said.items() if text})

    def of_day(self, day: date) -> str:
        """The same of one day alone."""
        return replace(self, since=day, until=day, before=None).query


def typed(query: Mapping[str, str]) -> dict[str, str]:
    """The fields that say something, cut: what a form left empty wants anything."""
    return {name: text[:100] for name, text in query.items() if text.strip()}


def wanted(said: dict[str, str], today: date) -> RecordFilter:
    """Raises `Invalid` with every fault."""
    try:
        asked = decode(said, FilterQuery, _RULES)
    except Invalid as error:
        raise Invalid([_as_day(fault) for fault in error.faults]) from None
    until = asked.until or today
    since = asked.since or max(_FIRST, date.fromordinal(max(1, until.toordinal() - DAYS + 1)))
    if faults := [*_of_the_period(since, until)]:
        raise Invalid(faults)
    seconds, _, seq = (asked.before or "").partition(".")
    before = (int(seconds), int(seq)) if asked.before else None
    return RecordFilter(since, until, asked.locale or "", asked.source or "", asked.action or "", before)


def _as_day(fault: Fault) -> Fault:
    return Fault(fault.path, "date") if fault.path in ("since", "until") else fault


def _of_the_period(since: date, until: date) -> Iterator[Fault]:
    for name, day in (("since", since), ("until", until)):
        if not _FIRST <= day <= _LAST:
            yield Fault(name, "date")
            return
    if since > until:
        yield Fault("until", "before_the_first")
    elif (until - since).days >= DAYS_AT_MOST:
        yield Fault("since", "too_many_days", {"limit": DAYS_AT_MOST})
