"""Parts the cell of a company: its legal name stays clean, and what stands beside it goes where it belongs."""

import re
from collections.abc import Collection, Iterator

from forecourt.policy.importing import cell_parser, locations, seats
from forecourt.policy.importing.columns import Column
from forecourt.policy.importing.company_names import has_legal_form
from forecourt.policy.importing.page import Cell, Line

_MARKS = re.compile(r"^(.*?[^\s\d])\s*((?:\[\^?\w{1,3}\]|[¹²³⁰⁴-⁹*†‡§]|\((?:\d{1,2}|[*†‡])\))+)$", re.DOTALL)


def find_name_line(cell: Cell) -> Line | None:
    """Returns the line with the legal name: the only one with a legal form, or else the first."""
    with_form = [line for line in cell.lines if has_legal_form(line.text)]
    first_lines = [line for line in cell.lines if not line.is_badge] or cell.lines
    return with_form[0] if len(with_form) == 1 else next(iter(first_lines), None)


def split_marks(name: str) -> tuple[str, str]:
    """Returns a name and the footnote marks after it, as in `Linode, LLC [1]`."""
    match = _MARKS.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")


def place_other_lines(
    cell: Cell, columns: Collection[Column | None], language: str
) -> Iterator[tuple[Line, Column | None]]:
    """Yields each other line of the cell with the column it belongs to: one that the table does not have.

    A line that only links to somewhere is listed with the links.
    """
    links, name_line = {link.text for link in cell.links}, find_name_line(cell)
    for line in cell.lines:
        if line is not name_line and not (line.lead == line.text and line.text in links):
            column = _column_of(line, language)
            yield line, None if column in columns else column


def _column_of(line: Line, language: str) -> Column | None:
    if cell_parser.MAILBOX.fullmatch(line.text):
        return Column.CONTACT
    if re.search(r"\d", line.text) and "," in line.text and seats.parse_country_of_address(line.text, language)[0]:
        return Column.ADDRESS
    is_place = locations.is_place(line.text, language) or locations.parse_locations(line.text, language).locations
    return None if line.is_badge or is_place else Column.SERVICE
