"""Counts choices by day, language and source, and shows the numbers as a page with a chart, and as a CSV file."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Text, bindparam, func, or_, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.consent.record import Action
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent.context import HOME, ConsentPagesContext
from forecourt.console.consent.filters import RecordFilter, parse_filter, parse_form
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import count_waiting
from forecourt.db.tables import DAY, IS_CHOICE, consents
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_download, csv_row

COUNTED_GROUPS = 200_000  # 366 days of 6 actions, 6 sources and 15 languages

CHOICES = (Action.GRANT, Action.REFUSE, Action.CHANGE, Action.WITHDRAW)  # by visitors; shares are of these
ENDINGS = (Action.EXPIRE, Action.ERASE)  # by time, or with all that was stored about a visitor
FULL_HEIGHT = 100  # of the chart and of its bars
_EPOCH = date(1970, 1, 1)
_LOCALE, _SOURCE = bindparam("of_locale", type_=Text), bindparam("of_source", type_=Text)
_GROUPS = (DAY, consents.c.action, consents.c.locale, consents.c.source)
# The index `consents_by_day` has all that is asked for, so no row is read.
_COUNT = (
    select(DAY.label("day"), *_GROUPS[1:], func.count().label("number"))
    .where(
        consents.c.site == bindparam("of_site"),
        IS_CHOICE,
        bindparam("first") <= DAY,
        bindparam("last") >= DAY,
        or_(_LOCALE == "", consents.c.locale == _LOCALE),
        or_(_SOURCE == "", consents.c.source == _SOURCE),
    )
    .group_by(*_GROUPS)
    .order_by(*_GROUPS)
    .limit(COUNTED_GROUPS)
)
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts records by action."""

    by_action: Mapping[str, int]

    def __getitem__(self, action: str) -> int:
        return self.by_action.get(action, 0)

    @property
    def choices(self) -> int:
        return sum(self[action] for action in CHOICES)

    def percent(self, action: str) -> int:
        """Returns an action's share of the choices, in whole percents."""
        return round(100 * self[action] / self.choices) if self.choices else 0


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    day: date
    action: str
    locale: str
    source: str
    number: int


@dataclass(frozen=True)
class ChoiceCounts:
    """Adds groups up in several ways. `groups` are in the order of the days."""

    groups: list[ChoiceGroup] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        return self._tallies(lambda _: "").get("", Tally({}))

    @property
    def by_day(self) -> dict[date, Tally]:
        return self._tallies(lambda group: group.day)

    @property
    def by_locale(self) -> dict[str, Tally]:
        return _largest_first(self._tallies(lambda group: group.locale))

    @property
    def by_source(self) -> dict[str, Tally]:
        return _largest_first(self._tallies(lambda group: group.source))

    @property
    def by_day_locale_and_source(self) -> dict[tuple[date, str, str], Tally]:
        return self._tallies(lambda group: (group.day, group.locale, group.source))

    def _tallies(self, key: Callable[[ChoiceGroup], Key]) -> dict[Key, Tally]:
        counters: dict[Key, Counter[str]] = {}
        for group in self.groups:
            counters.setdefault(key(group), Counter())[group.action] += group.number
        return {name: Tally(counter) for name, counter in counters.items()}


@dataclass(frozen=True, slots=True)
class ChartPiece:
    """Describes one action's part of a bar, from `start` on, in hundredths of the longest bar."""

    action: str
    start: float
    size: float


class ChoicesByDayPage:
    def __init__(self, context: ConsentPagesContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        return [
            self._context.console.agent_route("GET", HOME, self.show_sites, Permission.CONSENTS),
            self._context.route("GET", "", self.show),
            self._context.route("GET", "days.csv", self.download_csv),
        ]

    async def show_sites(self, request: Request, agent: Agent) -> Response:
        sites = self._context.console.settings.sites
        if len(sites) == 1:
            return responses.redirect(f"{HOME}{next(iter(sites))}/")
        waiting = await self._context.database.read(count_waiting)
        return responses.render_page(request, "consent/sites", agent, sites=sites, waiting=waiting)

    async def show(self, request: Request, agent: Agent) -> Response:
        (site, _), form, counts = self._context.site(request), parse_form(request), ChoiceCounts()
        if record_filter := form.filter:
            counts = await self._context.database.read(lambda c: count_choices(c, site, record_filter))
        context = {
            "form": form,
            "counts": counts,
            "columns": _chart_columns(form.filter, counts.by_day) if form.filter else [],
            "pieces": _chart_pieces,
            "choices": CHOICES,
        }
        return await self._context.render_page(request, "choices_by_day", agent, "", form.status, **context)

    async def download_csv(self, request: Request, _: Agent) -> Response:
        (site, _settings), record_filter = self._context.site(request), parse_filter(request)
        counts = await self._context.database.read(lambda c: count_choices(c, site, record_filter))
        filename = f"consent-days-{site}-{record_filter.since}-{record_filter.until}.csv"
        return csv_download(_csv_lines(counts, responses.language(request)), filename)


def count_choices(connection: Connection, site: str, record_filter: RecordFilter) -> ChoiceCounts:
    params = {"of_site": site, "of_locale": record_filter.locale, "of_source": record_filter.source}
    days = {"first": (record_filter.since - _EPOCH).days, "last": (record_filter.until - _EPOCH).days}
    rows = connection.execute(_COUNT, params | days)
    return ChoiceCounts([ChoiceGroup(_EPOCH + timedelta(row[0]), *row[1:]) for row in rows])


def _chart_columns(record_filter: RecordFilter, by_day: Mapping[date, Tally]) -> list[tuple[int, list[ChartPiece]]]:
    """Returns for each day with choices its place from the left and its pieces. The busiest day has full height."""
    most = max((tally.choices for tally in by_day.values()), default=0)
    places = {record_filter.since + timedelta(place): place for place in range(record_filter.days)}
    return [
        (places[day], _chart_pieces(tally, most)) for day, tally in by_day.items() if day in places and tally.choices
    ]


def _chart_pieces(tally: Tally, whole: int) -> list[ChartPiece]:
    """Returns the pieces of one bar, one after the other. `whole`: how many choices have full height."""
    pieces: list[ChartPiece] = []
    start = 0
    for action in CHOICES:
        if tally[action]:
            size = round(FULL_HEIGHT * tally[action] / whole, 3)
            pieces.append(ChartPiece(action, round(FULL_HEIGHT * start / whole, 3), size))
        start += tally[action]
    return pieces


def _csv_lines(counts: ChoiceCounts, locale: str) -> Iterator[str]:
    words = i18n.words(locale)
    columns = ("day", "language", "source", *CHOICES, *ENDINGS)
    yield BYTE_ORDER_MARK + csv_row(words(f"console.consents.column.{name}") for name in columns)
    yield "".join(
        csv_row([day, language, source, *(tally[action] for action in (*CHOICES, *ENDINGS))])
        for (day, language, source), tally in counts.by_day_locale_and_source.items()
    )


def _largest_first(tallies: dict[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(tallies.items(), key=lambda entry: (-entry[1].choices, entry[0])))
