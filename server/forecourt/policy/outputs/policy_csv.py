"""This module writes the list as CSV, a row for each engagement, for spreadsheets. Programs have `policy.json`."""

from collections.abc import Iterator
from datetime import date

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.model import Engagement
from forecourt.policy.outputs import cells
from forecourt.policy.outputs.cells import joined, keyed
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.reading import Reading
from forecourt.web.csv_response import BYTE_ORDER_MARK, csv_row


def table(reading: Reading) -> bytes:
    rows = (csv_row(cell for _, cell in row(entry, reading)) for entry in reading.entries)
    return "".join([BYTE_ORDER_MARK, csv_row(headings(reading.locale)), *rows]).encode()


def headings(locale: str) -> list[str]:
    words = i18n.words(locale)
    return [words(f"policy.heading.{name}") for name in COLUMNS]


def row(entry: EditionEntry, reading: Reading) -> Iterator[tuple[str, str]]:
    """Each column's name and cell. What is in force is told by the release that it stands in."""
    each, teller = entry.engagement, reading.told_by(entry)
    words = i18n.words(reading.locale)
    yield "id", each.id
    yield "status", words(f"policy.state.{entry.status}")
    yield from _entity(each, teller)
    yield "service", teller.word(f"service.{each.service}")
    yield "purpose", teller.word(f"purpose.{each.purpose}")
    yield "relation", words(f"policy.relation.{each.relation}")
    yield "locations", joined(cells.places(each, teller))
    yield "countries", joined([*dict.fromkeys(location.country for location in each.locations)])
    yield "audiences", joined(cells.regions(each, teller))
    yield from _work(each, teller)
    yield from _days(entry, reading)
    yield (
        "change",
        " ".join(each.sentence for each in change_sentences.coming(reading, entry.coming)) if entry.coming else "",
    )
    yield "illustrative", joined(cells.assumed(each, teller))


def _entity(each: Engagement, reading: Reading) -> Iterator[tuple[str, str]]:
    entity = reading.entity(each)
    yield "entity", entity.legal_name
    yield "address", entity.address
    yield "seat", entity.country
    yield "contact", entity.contact


def _work(each: Engagement, reading: Reading) -> Iterator[tuple[str, str]]:
    yield "products", joined(keyed("product", each.products, reading))
    yield "optional", i18n.words(reading.locale)(f"policy.heading.{'yes' if each.optional else 'no'}")
    yield "ai", cells.use_of_ai(each, reading)
    yield "data", joined(keyed("data", each.data, reading))
    yield "subjects", joined(keyed("subject", each.subjects, reading))
    yield "mechanism", cells.basis(each, reading)
    yield "document", each.mechanism.document or ""
    yield "certificates", joined([*each.certificates])
    yield "chain", joined(cells.below(each, reading))
    yield "chain_link", each.chain_link or ""


def _days(entry: EditionEntry, reading: Reading) -> Iterator[tuple[str, str]]:
    """ISO dates, which spreadsheets of every country read."""
    each, coming = entry.engagement, entry.coming
    yield "effective", each.effective.isoformat()
    yield "objection_until", _iso(each.objection_until)
    yield "removed", _iso(each.removed)
    yield "change_effective", _iso(coming.effective if coming else None)
    yield "change_deadline", _iso(coming.deadline if coming else None)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


COLUMNS = (
    *("id", "status", "entity", "address", "seat", "contact", "service", "purpose", "relation"),
    *("locations", "countries", "audiences", "products", "optional", "ai", "data", "subjects"),
    *("mechanism", "document", "certificates", "chain", "chain_link"),
    *("effective", "objection_until", "removed", "change_effective", "change_deadline", "change", "illustrative"),
)
