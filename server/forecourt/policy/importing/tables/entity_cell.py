"""Parts the cell of a company: its legal name stays clean, and what stands beside it goes where it belongs."""

import re
from collections.abc import Collection, Iterator, Sequence

from forecourt.policy.importing import dates
from forecourt.policy.importing.companies.company_names import has_legal_form
from forecourt.policy.importing.companies.labels import split_label
from forecourt.policy.importing.page import Cell, Line
from forecourt.policy.importing.places import locations, seats
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.columns import Column, to_column
from forecourt.policy.importing.tables.legal_name import is_action

_ADDED = re.compile(r"\b(?:added|since|effective|from|as of|in use|lagt til|fra|siden|seit|depuis)\b", re.IGNORECASE)
_LABELLED = re.compile(r"[^:]{2,30}:\s")  # by words that are no heading

PlacedLine = tuple[Line, Column | None]


def find_name_line(cell: Cell, language: str) -> Line | None:
    """Returns the line with the legal name: the only one with a legal form, or else the first that is no place."""
    with_form = [line for line in cell.lines if has_legal_form(line.text)]
    first_lines = [line for line in cell.lines if not line.is_badge] or cell.lines
    names = [line for line in first_lines if not locations.is_place(line.text, language)] or first_lines
    return with_form[0] if len(with_form) == 1 else next(iter(names), None)


def place_other_lines(cell: Cell, columns: Collection[Column | None], language: str) -> Iterator[PlacedLine]:
    """Yields each other line of the cell with the column it belongs to: one that the table does not have.

    A line that only links to somewhere is listed with the links.
    """
    links, name_line = {link.text for link in cell.links}, find_name_line(cell, language)
    others = [line for line in cell.lines if line is not name_line]
    lines = [line for line in others if not (line.lead == line.text and line.text in links)]
    for line, column in _find_columns(lines, language):
        yield line, None if column in columns else column


def split_address(cell: Cell, language: str) -> tuple[str, tuple[Line, ...]]:
    """Returns the address in a cell of contacts, and the lines that are none; blank where there is no address."""
    for start in range(len(cell.lines)):
        if length := _count_address_lines(cell.lines[start:], language):
            lines = cell.lines[start : start + length]
            rest = (*cell.lines[:start], *cell.lines[start + length :])
            return ", ".join(line.text.strip(" ,") for line in lines), rest
    return "", cell.lines


def _find_columns(lines: Sequence[Line], language: str) -> Iterator[PlacedLine]:
    index = 0
    while index < len(lines):
        if length := _count_address_lines(lines[index:], language):
            text = ", ".join(line.text.strip(" ,") for line in lines[index : index + length])
            yield Line(text), Column.ADDRESS
        elif pair := split_label(lines[index]):
            yield (pair[1], to_column(pair[0])) if pair[1].text else (lines[index], None)
        else:
            yield lines[index], _column_of(lines[index], language)
        index += length or 1


def _count_address_lines(lines: Sequence[Line], language: str) -> int:
    """Returns how many lines from the first are an address, which ends with its country; the most, if several can be.

    It begins with a line that has a number or a comma.
    """
    if not re.search(r"[\d,]", lines[0].text) or any(map(_is_no_address, lines[:1])):
        return 0
    whole = next((index for index, line in enumerate(lines) if _is_no_address(line)), len(lines))
    for length in range(whole, 0, -1):
        text = ", ".join(line.text for line in lines[:length])
        if re.search(r"\d", text) and "," in text and seats.parse_country_of_address(text, language)[0]:
            return length
    return 0


def _is_no_address(line: Line) -> bool:
    return bool(
        split_label(line) or line.is_badge or cell_parser.MAILBOX.search(line.text) or "://" in line.text
    ) or is_action(line.text)


def _column_of(line: Line, language: str) -> Column | None:
    if cell_parser.MAILBOX.fullmatch(line.text):
        return Column.CONTACT
    if dates.find_dates(line.text, language):
        return Column.EFFECTIVE if _ADDED.search(line.text) else None
    is_place = locations.is_place(line.text, language) or locations.parse_locations(line.text, language).locations
    is_other = line.is_badge or is_action(line.text) or "://" in line.text or _LABELLED.match(line.text)
    return None if is_other or is_place else Column.SERVICE
