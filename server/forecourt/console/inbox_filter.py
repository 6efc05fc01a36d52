"""Reads what an inbox is filtered by from its address, and writes such addresses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode

from forecourt.settings.server import Settings
from forecourt.support.model import ConversationChannel

InboxTab = Literal["mine", "unassigned", "open", "waiting", "snoozed", "closed"]
TABS: tuple[InboxTab, ...] = ("mine", "unassigned", "open", "waiting", "snoozed", "closed")
NO_DEPARTMENT = "none"
WAITING_TIMES: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
}


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Says which conversations are listed; an empty text lets any value through.

    `waiting` is a key of `WAITING_TIMES`: the visitor has waited for so long, or longer. `department` is an id, or
    `NO_DEPARTMENT`.
    """

    site: str = ""
    language: str = ""
    channel: str = ""
    waiting: str = ""
    department: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def parts(self) -> Iterator[tuple[str, str]]:
        """Yields name and value of what the list is filtered by."""
        yield from ((name, value) for name, value in asdict(self).items() if value)

    def without(self, name: str) -> "InboxFilter":
        return replace(self, **{name: ""})


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Holds what the inbox can be filtered by, by the name in its address. What leaves no choice is not there."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def from_settings(cls, settings: Settings) -> "FilterChoices":
        sites = settings.sites.values()
        every_value: dict[str, Sequence[str]] = {
            "site": sorted(settings.sites),
            "language": sorted({locale for site in sites for locale in site.locales}),
            "channel": tuple(ConversationChannel),
            "waiting": tuple(WAITING_TIMES),
        }
        return cls({name: values for name, values in every_value.items() if len(values) > 1})

    def with_departments(self, departments: Sequence[str]) -> "FilterChoices":
        """Adds departments by their ids. Where there are none, nothing is said of them."""
        return FilterChoices({**self.values, "department": [*departments, NO_DEPARTMENT]}) if departments else self

    def parse(self, query: Mapping[str, str]) -> InboxFilter:
        """Returns the filter of an address. A value that is no choice filters nothing."""
        typed = {name: query.get(name, "") for name in self.values}
        return InboxFilter(**{name: value for name, value in typed.items() if value in self.values[name]})


def parse_tab(query: Mapping[str, str]) -> InboxTab:
    """Returns the tab that `?show=` names; anything else is the open ones."""
    return next((tab for tab in TABS if tab == query.get("show")), "open")


def inbox_query(tab: InboxTab, inbox_filter: InboxFilter) -> str:
    """Returns what an address of the inbox has behind its question mark."""
    return urlencode([("show", tab), *inbox_filter.parts])
