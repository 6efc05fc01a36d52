"""Finds the engagement that each row of a page is about, by the company's name."""

from collections.abc import Iterable, Sequence

from forecourt.policy.importing.keys import to_letters
from forecourt.policy.importing.tables.rows import ImportedRow
from forecourt.policy.model import Engagement, Facts


def match_rows(tables: Iterable[Sequence[ImportedRow]], facts: Facts) -> list[list[str]]:
    """Returns the id of each row's engagement, table by table; blank where there is none. None stands twice."""
    candidates: dict[str, list[Engagement]] = {}
    for engagement in facts.engagements:
        candidates.setdefault(to_letters(facts.entity(engagement.entity).legal_name), []).append(engagement)
    return [[_take(candidates.get(to_letters(row.entity), []), row) for row in table] for table in tables]


def _take(candidates: list[Engagement], row: ImportedRow) -> str:
    """Takes out the candidate in the row's countries, else the first, and returns its id."""
    countries = {location.country for location in row.locations}
    candidates.sort(key=lambda each: {location.country for location in each.locations} != countries)
    return candidates.pop(0).id if row.entity and candidates else ""
