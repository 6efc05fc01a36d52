"""Decides which candidates of a group are companies, says how sure that is, and makes a table of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from forecourt.policy.importing.companies.company_names import NameSign
from forecourt.policy.importing.companies.item_reader import Candidate
from forecourt.policy.importing.evidence import CompanySign, Evidence, weigh_signs
from forecourt.policy.importing.page import Cell, Line, Shape, Table, TableRow
from forecourt.policy.importing.tables.columns import Column, to_column

_MAJORITY = 0.6  # of a group that has to look like companies


class Context(IntEnum):
    """Says what the page tells before a group: nothing, that it is about subprocessors, or that they follow."""

    NONE = 0
    PAGE = 1
    GROUP = 2


@dataclass(frozen=True)
class Group:
    """Holds the candidates of one list, run of cards, or the like. An item may be none, or several."""

    shape: Shape
    items: tuple[tuple[Candidate, ...], ...]
    context: Context
    line: int | None = None
    place: str = ""  # of all of them

    def is_companies(self) -> bool:
        """Returns whether the group plainly is a list of companies."""
        candidates = [candidate for item in self.items for candidate in item]
        names = [each for each in candidates if each.sign >= NameSign.WEAK]
        if not names or len(names) < _MAJORITY * max(len(self.items), len(candidates)):
            return False
        if self.context is Context.NONE:
            plain = [each for each in names if _is_plain(each)]
            return len(plain) >= _MAJORITY * len(names) and (len(plain) > 1 or plain[0].labels > 1)
        strong = [each for each in names if each.sign >= NameSign.NAME]
        is_bare = not any(each.fields or each.is_lead for each in names)
        if self.context is Context.PAGE and is_bare:
            return len(strong) == len(candidates) and len(strong) > 1
        return 2 * len(strong) >= len(names)

    def may_be_company(self, candidate: Candidate) -> bool:
        """Returns whether somebody should look at a candidate of a group that is not one of companies."""
        if candidate.sign is NameSign.SURE:
            return True
        return bool(self.context and candidate.sign is NameSign.NAME and candidate.fields)

    def find_evidence(self, candidate: Candidate) -> Evidence:
        return weigh_signs(
            {
                CompanySign.CERTAIN_NAME: 2 * (candidate.sign is NameSign.SURE),
                CompanySign.NAME: int(candidate.sign is NameSign.NAME),
                CompanySign.LABELS: min(candidate.labels, 2),
                CompanySign.LEAD: int(candidate.is_lead and self.shape is not Shape.HEADINGS),
                CompanySign.DESCRIPTION: int(bool(candidate.fields) and not candidate.labels),
                CompanySign.ANNOUNCEMENT: 2 * (self.context is Context.GROUP),
                CompanySign.PAGE: int(self.context is Context.PAGE),
                CompanySign.PLACE: int(self._takes_place(candidate)),
            }
        )

    def find_fields(self, candidate: Candidate) -> dict[str, tuple[Line, ...]]:
        """Returns the candidate's fields, and the place that stands above the group where it has none itself."""
        return candidate.fields | ({"Location": (Line(self.place),)} if self._takes_place(candidate) else {})

    def _takes_place(self, candidate: Candidate) -> bool:
        return bool(self.place) and not any(to_column(each) is Column.LOCATIONS for each in candidate.fields)


def _is_plain(candidate: Candidate) -> bool:
    """Returns whether a candidate is a company wherever it stands."""
    if candidate.sign is NameSign.SURE:
        return bool(candidate.fields)
    return candidate.sign is NameSign.NAME and candidate.labels > 1


def to_table(group: Group, number: int) -> Table:
    """Makes a table of a group's companies: a column for each heading, the company's first."""
    numbered = [
        (index, candidate)
        for index, item in enumerate(group.items, 1)
        for candidate in item
        if candidate.sign >= NameSign.WEAK
    ]
    headings = _collect_headings([group.find_fields(candidate) for _, candidate in numbered])
    rows = [_to_row(group, candidate, index, headings) for index, candidate in numbered]
    return Table(("Company", *headings), tuple(rows), "", group.line, group.shape, number)


def _collect_headings(candidates: Sequence[Collection[str]]) -> list[str]:
    """Returns the first heading of each column, and each that import does not know."""
    headings: dict[object, str] = {}
    for fields in candidates:
        for heading in fields:
            headings.setdefault(_key_of(heading), heading)
    return [*headings.values()]


def _key_of(heading: str) -> object:
    """Returns what two headings of one column have in common."""
    return to_column(heading) or heading.casefold()


def _to_row(group: Group, candidate: Candidate, number: int, headings: Sequence[str]) -> TableRow:
    name = Cell((Line(candidate.name),), candidate.cell.links, candidate.cell.asides)
    fields = {
        to_column(heading) or heading.casefold(): lines for heading, lines in group.find_fields(candidate).items()
    }
    cells = [Cell(fields.get(to_column(heading) or heading.casefold(), ())) for heading in headings]
    return TableRow((name, *cells), candidate.line, number=number, evidence=group.find_evidence(candidate))
