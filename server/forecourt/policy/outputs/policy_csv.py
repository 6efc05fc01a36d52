"""This module writes the list as CSV, a row for each engagement, for spreadsheets. Programs have `policy.json`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.localization.change_sentences import describe_proposal
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Engagement, Level
from forecourt.policy.outputs import cell_text
from forecourt.policy.outputs.cell_text import join_cells, texts_of_keys
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row

COLUMNS = (
    *("id", "status", "entity", "address", "seat", "contact", "service", "purpose", "relation"),
    *("locations", "countries", "audiences", "products", "optional", "ai", "data", "subjects"),
    *("mechanism", "document", "certificates", "chain", "chain_link"),
    *("effective", "objection_until", "removed", "change_effective", "change_deadline", "change", "illustrative"),
)
_Cells = Iterator[tuple[str, str]]  # each column's name, and its cell


def encode_csv(edition: LocalizedEdition) -> bytes:
    rows = [dict(row_cells(entry, edition)) for entry in edition.entries]
    columns = COLUMNS if edition.facts.level is Level.COMPLETE else _stated_columns(rows)
    lines = [csv_row(row[column] for column in columns) for row in rows]
    return "".join([BYTE_ORDER_MARK, csv_row(column_headings(edition.locale, columns)), *lines]).encode()


def column_headings(locale: str, columns: Iterable[str] = COLUMNS) -> list[str]:
    words = i18n.words(locale)
    return [words(f"policy.heading.{column}") for column in columns]


def _stated_columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Returns the columns that any row has something in. A complete list always has all, for those who read it."""
    return [column for column in COLUMNS if any(row[column] for row in rows)]


def row_cells(entry: EditionEntry, edition: LocalizedEdition) -> _Cells:
    """Yields each column's name and cell. What is in force has the facts and texts of its own release."""
    engagement, entry_edition = entry.engagement, edition.for_entry(entry)
    words = i18n.words(edition.locale)
    yield "id", engagement.id
    yield "status", words(f"policy.state.{entry.status}")
    yield from _entity_cells(engagement, entry_edition)
    yield "service", entry_edition.text(f"service.{engagement.service}")
    yield "purpose", entry_edition.text(f"purpose.{engagement.purpose}")
    yield "relation", words(f"policy.relation.{engagement.relation}") if engagement.relation else ""
    not_stated = [words("policy.locations_not_stated")] if engagement.locations_not_stated else []
    yield "locations", join_cells([*not_stated, *cell_text.places(engagement, entry_edition)])
    yield "countries", join_cells([*dict.fromkeys(location.country for location in engagement.locations)])
    yield "audiences", join_cells(cell_text.regions(engagement, entry_edition))
    yield from _work_cells(engagement, entry_edition)
    yield from _date_cells(entry)
    changes = describe_proposal(edition, entry.coming) if entry.coming else []
    yield "change", " ".join(change.sentence for change in changes)
    yield "illustrative", join_cells(cell_text.assumed_fields(engagement, entry_edition))


def _entity_cells(engagement: Engagement, edition: LocalizedEdition) -> _Cells:
    entity = edition.entity(engagement)
    yield "entity", entity.legal_name
    yield "address", entity.address
    yield "seat", entity.country
    yield "contact", entity.contact


def _work_cells(engagement: Engagement, edition: LocalizedEdition) -> _Cells:
    yield "products", join_cells(texts_of_keys("product", engagement.products, edition))
    yield "optional", _optional(engagement, edition)
    yield "ai", cell_text.ai_use(engagement, edition)
    yield "data", join_cells(texts_of_keys("data", engagement.data, edition))
    yield "subjects", join_cells(texts_of_keys("subject", engagement.subjects, edition))
    yield "mechanism", cell_text.mechanism_name(engagement, edition)
    yield "document", cell_text.document(engagement)
    yield "certificates", join_cells(engagement.certificates)
    yield "chain", join_cells(cell_text.subsubprocessors(engagement, edition))
    yield "chain_link", engagement.chain_link or ""


def _optional(engagement: Engagement, edition: LocalizedEdition) -> str:
    """Returns yes or no. A listed policy that does not say yes says nothing."""
    words = i18n.words(edition.locale)
    if engagement.optional:
        return words("policy.heading.yes")
    return words("policy.heading.no") if edition.facts.level is Level.COMPLETE else ""


def _date_cells(entry: EditionEntry) -> _Cells:
    """Yields ISO dates, which spreadsheets of every country read."""
    engagement, coming = entry.engagement, entry.coming
    yield "effective", _iso(engagement.effective)
    yield "objection_until", _iso(engagement.objection_until)
    yield "removed", _iso(engagement.removed)
    yield "change_effective", _iso(coming.effective if coming else None)
    yield "change_deadline", _iso(coming.deadline if coming else None)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
