"""Choices counted by day, language and source, in one statement that reads an index and no row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, or_, select

from forecourt.consent.record import Action
from forecourt.console.consent.filters import RecordFilter
from forecourt.db.tables import DAY, IS_CHOICE, consents

MADE = (Action.GRANT, Action.REFUSE, Action.CHANGE, Action.WITHDRAW)  # by a visitor; shares are of these
ENDED = (Action.EXPIRE, Action.ERASE)  # by the end of six months, or with all that was held on a visitor
ROWS_AT_MOST = 200_000  # groups: 366 days of 6 actions, 6 sources and 15 languages
_EPOCH = date(1970, 1, 1)
_OF_LOCALE, _OF_SOURCE = bindparam("of_locale", type_=Text), bindparam("of_source", type_=Text)
_GROUPS = (DAY, consents.c.action, consents.c.locale, consents.c.source)
_COUNT = (
    select(DAY.label("day"), *_GROUPS[1:], func.count().label("number"))
    .where(
        consents.c.site == bindparam("of_site"),
        IS_CHOICE,
        bindparam("first") <= DAY,
        bindparam("last") >= DAY,
        or_(_OF_LOCALE == "", consents.c.locale == _OF_LOCALE),
        or_(_OF_SOURCE == "", consents.c.source == _OF_SOURCE),
    )
    .group_by(*_GROUPS)
    .order_by(*_GROUPS)
    .limit(ROWS_AT_MOST)
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Action -> how many."""

    by: Mapping[str, int]

    def __getitem__(self, action: str) -> int:
        return self.by.get(action, 0)

    @property
    def made(self) -> int:
        return sum(self[action] for action in MADE)

    def share(self, action: str) -> int:
        """Percent of the choices made."""
        return round(100 * self[action] / self.made) if self.made else 0


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    day: date
    action: str
    locale: str
    source: str
    number: int


@dataclass(frozen=True)
class ChoiceCounts:
    """`groups`: in the order of the days."""

    groups: list[ChoiceGroup] = field(default_factory=list)

    @property
    def all(self) -> Tally:
        return self._tallied(lambda _: "").get("", Tally({}))

    @property
    def days(self) -> dict[date, Tally]:
        return self._tallied(lambda group: group.day)

    @property
    def locales(self) -> dict[str, Tally]:
        return _by_size(self._tallied(lambda group: group.locale))

    @property
    def sources(self) -> dict[str, Tally]:
        return _by_size(self._tallied(lambda group: group.source))

    @property
    def cells(self) -> Iterator[tuple[tuple[date, str, str], Tally]]:
        """Of each day, language and source."""
        yield from self._tallied(lambda group: (group.day, group.locale, group.source)).items()

    def _tallied(self, key: Callable[[ChoiceGroup], Any]) -> dict[Any, Tally]:
        found: dict[Any, Counter[str]] = {}
        for group in self.groups:
            found.setdefault(key(group), Counter())[group.action] += group.number
        return {name: Tally(numbers) for name, numbers in found.items()}


def counted(connection: Connection, site: str, asked: RecordFilter) -> ChoiceCounts:
    said: dict[str, Any] = {"of_site": site, "of_locale": asked.locale, "of_source": asked.source}
    said |= {"first": (asked.since - _EPOCH).days, "last": (asked.until - _EPOCH).days}
    rows = connection.execute(_COUNT, said)
    return ChoiceCounts([ChoiceGroup(_EPOCH + timedelta(row[0]), *row[1:]) for row in rows])


def _by_size(found: dict[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(found.items(), key=lambda each: (-each[1].made, each[0])))
