"""Offers what public documents say of a known vendor for the cells that lack it. Nothing is filled in by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from forecourt import i18n
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.policy.model import Engagement, Entity
from forecourt.policy.vendor_directory.name_lookup import VendorMatch, match_vendors
from forecourt.policy.vendor_directory.vendor import SourcedFact, VendorEntity

MAX_SUGGESTIONS = 5  # for one cell


@dataclass(frozen=True)
class Suggestion:
    """Holds the text that a cell would have. `source` is the document that says so, read on `day`."""

    column: str
    text: str
    source: str
    day: date

    @property
    def host(self) -> str:
        return urlsplit(self.source).hostname or self.source


def suggest(entity: Entity, engagement: Engagement | None, texts: CellTexts) -> list[Suggestion]:
    """Returns what is offered for a row: legal names, and for the gaps what is known of the company of that name."""
    matches = match_vendors(entity.legal_name)
    return [suggestion for match in matches for suggestion in _of_match(match, entity, engagement, texts)]


def _of_match(
    match: VendorMatch, entity: Entity, engagement: Engagement | None, texts: CellTexts
) -> Iterator[Suggestion]:
    names = [match.entity] if match.entity else match.vendor.entities[:MAX_SUGGESTIONS]
    for company in names:
        if company.legal_name.value != entity.legal_name:
            yield _to_suggestion("legal_name", company.legal_name.value, company.legal_name)
    if match.entity:
        yield from _of_company(match.entity, entity, engagement, texts)


def _of_company(
    company: VendorEntity, entity: Entity, engagement: Engagement | None, texts: CellTexts
) -> Iterator[Suggestion]:
    if company.address and not entity.address:
        yield _to_suggestion("address", company.address.value, company.address)
    if company.country and not entity.country:
        country = i18n.country(company.country.value, texts.locale)
        yield _to_suggestion("country", country, company.country)
    if company.mechanism and engagement and not engagement.mechanism:
        yield _to_suggestion("mechanism", texts.choice("mechanism", company.mechanism.value), company.mechanism)


def _to_suggestion(column: str, text: str, fact: SourcedFact) -> Suggestion:
    return Suggestion(column, text, fact.source, fact.read)
