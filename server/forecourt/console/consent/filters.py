"""Decodes strictly what a page about consents is asked to show: a period, a language, a source and an action."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta
from starlette.requests import Request

from forecourt import clock
from forecourt.consent.record import SERVER_SOURCE, Action, Source
from forecourt.console import responses
from forecourt.decoding import Rules, decode
from forecourt.errors import Fault, Invalid
from forecourt.fault_sentence import fault_sentence
from forecourt.text_types import Token

DEFAULT_DAYS = 30
MAX_DAYS = 366
SOURCES = (*Source, SERVER_SOURCE)
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
_RULES: Rules = {"source": lambda source: None if source in SOURCES else "choice"}
Cursor = Annotated[str, Meta(pattern=r"^[0-9]{1,18}\.[0-9]{1,18}$")]


class FilterQuery(msgspec.Struct):
    since: date | None = None
    until: date | None = None
    locale: Token | None = None
    source: str | None = None
    action: Action | None = None
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Says which records are asked for. Both days are included and in UTC; an empty text lets any value through.

    `before`: where a page of a list begins, as the microseconds since 1970 and the number (`seq`) of a record.
    """

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
        """Returns the first moment after the period."""
        return datetime.combine(self.until + timedelta(1), time(), UTC)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def query(self) -> str:
        """Returns the filter as an address names it, without the place where a page begins."""
        fields = {"since": str(self.since), "until": str(self.until)}
        fields |= {"locale": self.locale, "source": self.source, "action": self.action}
        return urlencode({name: text for name, text in fields.items() if text})

    def query_of_day(self, day: date) -> str:
        """Returns the same filter for one day alone."""
        return replace(self, since=day, until=day, before=None).query


@dataclass(frozen=True)
class FilterForm:
    """Holds the form above a page: what was typed, what is wrong with it, and the filter where nothing is."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    filter: RecordFilter | None
    sources = SOURCES
    actions = tuple(Action)

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


def parse_form(request: Request) -> FilterForm:
    """Returns the form filled in from the query. Where a field is wrong, the page says so and shows nothing else."""
    typed = _typed_fields(request.query_params)
    try:
        record_filter = parse_filter(request)
    except Invalid as error:
        words = responses.words(request)
        errors = {fault.path: fault_sentence(fault, words) for fault in error.faults}
        return FilterForm(defaultdict(str, typed), defaultdict(str, errors), None)
    completed = {**typed, "since": str(record_filter.since), "until": str(record_filter.until)}
    return FilterForm(defaultdict(str, completed), defaultdict(str), record_filter)


def parse_filter(request: Request) -> RecordFilter:
    """Returns the filter in the query, of the last `DEFAULT_DAYS` where it names no day.

    Raises `Invalid` with every fault.
    """
    today = clock.now().date()
    try:
        query = decode(_typed_fields(request.query_params), FilterQuery, _RULES)
    except Invalid as error:
        raise Invalid([_as_day_fault(fault) for fault in error.faults]) from None
    until = query.until or today
    since = query.since or max(_FIRST, date.fromordinal(max(1, until.toordinal() - DEFAULT_DAYS + 1)))
    if faults := [*_period_faults(since, until)]:
        raise Invalid(faults)
    seconds, _, seq = (query.before or "").partition(".")
    before = (int(seconds), int(seq)) if query.before else None
    return RecordFilter(since, until, query.locale or "", query.source or "", query.action or "", before)


def _typed_fields(query: Mapping[str, str]) -> dict[str, str]:
    """Returns the fields that are not empty, each cut to 100 characters."""
    return {name: text[:100] for name, text in query.items() if text.strip()}


def _as_day_fault(fault: Fault) -> Fault:
    return Fault(fault.path, "date") if fault.path in ("since", "until") else fault


def _period_faults(since: date, until: date) -> Iterator[Fault]:
    for name, day in (("since", since), ("until", until)):
        if not _FIRST <= day <= _LAST:
            yield Fault(name, "date")
            return
    if since > until:
        yield Fault("until", "before_the_first")
    elif (until - since).days >= MAX_DAYS:
        yield Fault("since", "too_many_days", {"limit": MAX_DAYS})
