"""Reads a table's rows as facts and texts, each cell by what its column is about."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forecourt.policy.importing import cell_parser, dates, locations, seats
from forecourt.policy.importing.columns import Column, to_column
from forecourt.policy.importing.locations import ImportedLocation
from forecourt.policy.importing.page import Page, Table, TableRow, UnplacedContent, find_tables
from forecourt.policy.model import Audience, Basis, Relation

_CELL_AT_MOST = 2000  # characters


@dataclass(frozen=True)
class ImportedRow:
    """Holds what one row says. A field is blank where the row does not say it."""

    where: str
    entity: str = ""
    service: str = ""
    purpose: str = ""
    address: str = ""
    contact: str = ""
    seat: str = ""
    locations: tuple[ImportedLocation, ...] = ()
    data: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    relation: Relation | None = None
    mechanism: Basis | None = None
    document: str = ""
    effective: date | None = None

    @property
    def is_blank(self) -> bool:
        return self == ImportedRow(self.where)


@dataclass(frozen=True)
class RowReader:
    """Reads the tables of one page, and gathers in `unplaced` what it could not take.

    `known_names` are the services and companies, in small letters, that have a cell of their own on the page.
    """

    language: str
    known_names: frozenset[str] = frozenset()
    unplaced: list[UnplacedContent] = field(default_factory=list)

    def read_table(self, table: Table, number: int) -> tuple[ImportedRow, ...]:
        """Returns every row, also those of which nothing was taken; no row where no column names a company."""
        columns = tuple(map(to_column, table.headings))
        if Column.ENTITY not in columns:
            self._miss(f"table {number}", "no column names a company; nothing of it was taken")
            return ()
        for index, column in enumerate(columns):
            self._check_heading(table, number, index, columns.index(column))
        return tuple(
            self._read_row(row, columns, _describe_place(number, index, row)) for index, row in enumerate(table.rows, 1)
        )

    def _check_heading(self, table: Table, number: int, index: int, first_index: int) -> None:
        place, heading = f"table {number}, column {index + 1}", f"'{table.headings[index]}'"
        if to_column(table.headings[index]) is None:
            if any(row.cells[index : index + 1] != ("",) for row in table.rows):
                self._miss(place, f"{heading} is no heading import knows; nothing of the column was taken")
        elif index != first_index and table.headings[index]:
            self._miss(place, f"{heading} is about the same as '{table.headings[first_index]}'; the first was taken")

    def _read_row(self, row: TableRow, columns: tuple[Column | None, ...], place: str) -> ImportedRow:
        texts: dict[Column, str] = {}
        for column, cell in zip(columns, row.cells, strict=False):
            if column and len(cell) > _CELL_AT_MOST:
                self._miss(place, f"'{cell[:40]}…' is longer than the {_CELL_AT_MOST} characters of a cell")
            # "none" says something of a mechanism only
            elif column and cell and (column == Column.MECHANISM or not cell_parser.NOTHING.fullmatch(cell)):
                texts.setdefault(column, cell)
        for lost in row.cells[len(columns) :]:
            self._miss(place, f"'{lost}' stands under no heading")
        self._drop_run_together(texts, columns, place)
        values = {
            name: value for column, cell in texts.items() for name, value in self._parse_cell(column, cell, place)
        }
        imported_row = ImportedRow(place, **values)
        if not imported_row.entity:
            self._miss(place, "names no company" if not imported_row.is_blank else "nothing in it could be taken")
        return imported_row

    def _drop_run_together(self, texts: dict[Column, str], columns: Collection[Column | None], place: str) -> None:
        """Drops a cell in which service and company ran together: they are listed, and not guessed apart."""
        pair = {Column.SERVICE, Column.ENTITY}
        if not pair <= set(columns) or len(pair & texts.keys()) != 1:
            return
        [column] = pair & texts.keys()
        halves = cell_parser.split_run_together(texts[column])
        if halves and {half.casefold() for half in halves} & self.known_names:
            self._miss(place, f"'{texts.pop(column)}' is two cells run together, '{halves[0]}' and '{halves[1]}'")

    def _parse_cell(self, about: Column, cell: str, place: str) -> Iterator[tuple[str, Any]]:
        values, lost = _PARSERS[about](cell, self.language)
        for loss in lost:
            self._miss(place, loss)
        yield from values.items()

    def _miss(self, place: str, why: str) -> None:
        self.unplaced.append(UnplacedContent(place, why))


def find_known_names(page: Page) -> frozenset[str]:
    """Returns every service and company that has a cell of its own, in small letters."""
    names: set[str] = set()
    for table in find_tables(page):
        positions = [
            index for index, text in enumerate(table.headings) if to_column(text) in (Column.SERVICE, Column.ENTITY)
        ]
        names |= {row.cells[index].casefold() for row in table.rows for index in positions if index < len(row.cells)}
    return frozenset(names - {""})


def _describe_place(table: int, number: int, row: TableRow) -> str:
    return f"table {table}, row {number}" + (f" (line {row.line})" if row.line else "")


ParsedCell = tuple[dict[str, Any], list[str]]


def _text_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda cell, _: ({name: cell}, [])


def _list_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda cell, _: ({name: cell_parser.split_list(cell)}, [])


def _parse_entity(cell: str, language: str) -> ParsedCell:
    if locations.is_place(cell, language):
        return {}, [f"'{cell}' is a place and no company"]
    return {"entity": cell.strip(" *")}, []


def _parse_locations(cell: str, language: str) -> ParsedCell:
    parsed = locations.parse_locations(cell, language)
    return {"locations": parsed.locations}, list(parsed.remarks)


def _parse_seat(cell: str, language: str) -> ParsedCell:
    code, remarks = seats.parse_seat(cell, language)
    return {"seat": code} if code else {}, list(remarks)


def _parse_address(cell: str, language: str) -> ParsedCell:
    code, remarks = seats.parse_country_of_address(cell, language)
    return {"address": cell} | ({"seat": code} if code else {}), list(remarks)


def _parse_contact(cell: str, _: str) -> ParsedCell:
    mailboxes = cell_parser.MAILBOX.findall(cell)
    losses = (
        [f"'{cell}' is no mailbox"] if not mailboxes else [f"'{each}' is a second mailbox" for each in mailboxes[1:]]
    )
    return ({"contact": mailboxes[0]} if mailboxes else {}), losses


def _parse_audiences(cell: str, _: str) -> ParsedCell:
    audiences = cell_parser.parse_audiences(cell)
    return {"audiences": audiences}, [] if audiences else [f"'{cell}' is none of the regions {', '.join(Audience)}"]


def _parse_relation(cell: str, _: str) -> ParsedCell:
    relations = cell_parser.parse_relations(cell)
    return ({"relation": relations[0]}, []) if relations else ({}, [f"'{cell}' is none of {', '.join(Relation)}"])


def _parse_mechanism(cell: str, _: str) -> ParsedCell:
    bases = cell_parser.parse_bases(cell)
    if not bases:
        return {}, [] if cell_parser.NOTHING.fullmatch(cell) else [f"'{cell}' is no transfer mechanism import knows"]
    losses = [f"'{cell}' names {each} too; {bases[0]} was taken" for each in bases[1:]]
    return {"mechanism": bases[0], "document": cell_parser.find_document(cell)}, losses


def _parse_effective(cell: str, language: str) -> ParsedCell:
    days = dates.find_dates(cell, language)
    return ({"effective": days[0]}, []) if days else ({}, [f"'{cell}' is no date import can read"])


_PARSERS: dict[Column, Callable[[str, str], ParsedCell]] = {
    Column.MECHANISM: _parse_mechanism,
    Column.ADDRESS: _parse_address,
    Column.CONTACT: _parse_contact,
    Column.SUBJECTS: _list_parser("subjects"),
    Column.SEAT: _parse_seat,
    Column.LOCATIONS: _parse_locations,
    Column.RELATION: _parse_relation,
    Column.CERTIFICATES: _list_parser("certificates"),
    Column.AUDIENCES: _parse_audiences,
    Column.EFFECTIVE: _parse_effective,
    Column.PURPOSE: _text_parser("purpose"),
    Column.ENTITY: _parse_entity,
    Column.SERVICE: _text_parser("service"),
    Column.DATA: _list_parser("data"),
}
