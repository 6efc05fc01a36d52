"""Shows each fact as the text of a cell: in the agent's language, but for the policy's own words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forecourt import i18n
from forecourt.console.policy.forms.local_dates import format_day
from forecourt.console.policy.grid.grid_columns import (
    CHOICES,
    OWNER_ROW,
    PROCESSOR_FIELDS,
    WORD_KINDS,
    GridColumn,
)
from forecourt.policy.model import Engagement, Entity, Location, Policy

SEPARATOR = "; "


@dataclass(frozen=True)
class CellTexts:
    """Renders the cells of one policy. `dates` is the tag by which days are written."""

    policy: Policy
    locale: str
    dates: str

    def of_cell(self, row: str, column: GridColumn) -> str:
        """Returns the text of the cell, also where a company's own facts stand in another of its rows."""
        if column.is_of_processor:
            return str(getattr(self.policy.facts.processor, PROCESSOR_FIELDS[column.name]))
        if column.is_of_entity:
            return self.of_entity(find_company(self.policy, row), column.name)
        return self.of_engagement(self.policy.facts.engagement(row), column.name)

    def of_entity(self, entity: Entity, column: str) -> str:
        if column == "country":
            return i18n.country(entity.country, self.locale) if entity.country else ""
        return str(getattr(entity, column))

    def of_engagement(self, engagement: Engagement, column: str) -> str:
        if column in WORD_KINDS:
            keys = getattr(engagement, column)
            return SEPARATOR.join(self._words(WORD_KINDS[column], (keys,) if isinstance(keys, str) else keys))
        return _RENDERERS[column](self, engagement)

    def choice(self, column: str, value: str) -> str:
        return i18n.words(self.locale)(f"{CHOICES[column][0]}.{value}")

    def location(self, location: Location) -> str:
        country = i18n.country(location.country, self.locale)
        [place] = self._words("place", (location.place,)) or [""]
        return f"{country} ({place})" if place else country

    def _words(self, kind: str, keys: Iterable[str | None]) -> list[str]:
        texts = self.policy.words.get(self.policy.facts.source_language, {})
        return [text for key in keys if key and (text := texts.get(f"{kind}.{key}", key))]

    def locations(self, engagement: Engagement) -> str:
        if engagement.locations_not_stated:
            return i18n.words(self.locale)("console.grid.not_stated")
        return SEPARATOR.join(map(self.location, engagement.locations))

    def relation(self, engagement: Engagement) -> str:
        return self.choice("relation", engagement.relation) if engagement.relation else ""

    def audiences(self, engagement: Engagement) -> str:
        return SEPARATOR.join(self.choice("audiences", each) for each in engagement.audiences)

    def mechanism(self, engagement: Engagement) -> str:
        """Returns the basis for transfer, and behind it the decision or contract where one is named."""
        if engagement.mechanism is None:
            return ""
        kind = self.choice("mechanism", engagement.mechanism.kind)
        return SEPARATOR.join(filter(None, (kind, engagement.mechanism.document)))

    def effective(self, engagement: Engagement) -> str:
        return format_day(engagement.effective, self.dates) if engagement.effective else ""

    def chain_link(self, engagement: Engagement) -> str:
        return engagement.chain_link or ""


def find_company(policy: Policy, row: str) -> Entity:
    """Returns the company that a row is about."""
    facts = policy.facts
    return facts.entity(facts.processor.entity if row == OWNER_ROW else facts.engagement(row).entity)


_RENDERERS: dict[str, Callable[[CellTexts, Engagement], str]] = {
    "locations": CellTexts.locations,
    "relation": CellTexts.relation,
    "audiences": CellTexts.audiences,
    "mechanism": CellTexts.mechanism,
    "effective": CellTexts.effective,
    "chain_link": CellTexts.chain_link,
}
