"""Offers what public documents say of a known vendor for the cells that lack it. Nothing is filled in by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from forecourt import i18n
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.policy.model import Basis, Engagement, Entity
from forecourt.policy.vendor_directory.name_lookup import VendorMatch, match_vendors
from forecourt.policy.vendor_directory.vendor import SourcedFact, Vendor, VendorEntity

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
    """Returns what is offered for a row: legal names, and for the gaps what is known of the vendor and its company."""
    matches = match_vendors(entity.legal_name)
    suggestions = (each for match in matches for each in _of_match(match, entity, engagement, texts))
    return list(dict.fromkeys(suggestions))  # vendors may share a company


def _of_match(
    match: VendorMatch, entity: Entity, engagement: Engagement | None, texts: CellTexts
) -> Iterator[Suggestion]:
    names = [match.entity] if match.entity else match.vendor.entities[:MAX_SUGGESTIONS]
    for company in names:
        if company.legal_name.value != entity.legal_name:
            yield _to_suggestion("legal_name", company.legal_name.value, company.legal_name)
    if match.entity:
        yield from _of_company(match.entity, entity, engagement, texts)
    if engagement:
        yield from _of_documents(match.vendor, engagement, texts)


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


def _of_documents(vendor: Vendor, engagement: Engagement, texts: CellTexts) -> Iterator[Suggestion]:
    """Yields the vendor's own list, and its agreement: the contract that standard contractual clauses are part of."""
    if vendor.subprocessors and not engagement.chain_link:
        yield _to_suggestion("chain_link", vendor.subprocessors.value, vendor.subprocessors)
    mechanism = engagement.mechanism
    if vendor.agreement and mechanism and mechanism.kind is Basis.SCC and not mechanism.document:
        with_document = replace(engagement, mechanism=replace(mechanism, document=vendor.agreement.value))
        yield _to_suggestion("mechanism", texts.of_engagement(with_document, "mechanism"), vendor.agreement)


def _to_suggestion(column: str, text: str, fact: SourcedFact) -> Suggestion:
    return Suggestion(column, text, fact.source, fact.read)
