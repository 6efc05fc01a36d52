"""Reads a table's rows as facts and texts, each cell by what its column is about."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forecourt.policy.importing import cells, countries, dates
from forecourt.policy.importing.cells import ImportedLocation
from forecourt.policy.importing.columns import Column, to_column
from forecourt.policy.importing.page import Page, Table, TableRow, Unplaced, find_tables
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
    unplaced: list[Unplaced] = field(default_factory=list)

    def read_table(self, table: Table, number: int) -> tuple[ImportedRow, ...]:
        """Returns every row, also those of which nothing was taken; no row where no column names a company."""
        columns = tuple(map(to_column, table.headings))
        if Column.ENTITY not in columns:
            self._miss(f"table {number}", "no column names a company; nothing of it was taken")
            return ()
        for at, each in enumerate(columns):
            self._check_heading(table, number, at, columns.index(each))
        return tuple(
            self._read_row(each, columns, _describe_place(number, at, each)) for at, each in enumerate(table.rows, 1)
        )

    def _check_heading(self, table: Table, number: int, at: int, first: int) -> None:
        where, named = f"table {number}, column {at + 1}", f"'{table.headings[at]}'"
        if to_column(table.headings[at]) is None:
            if any(row.cells[at : at + 1] != ("",) for row in table.rows):
                self._miss(where, f"{named} is no heading import knows; nothing of the column was taken")
        elif at != first and table.headings[at]:
            self._miss(where, f"{named} is about the same as '{table.headings[first]}'; the first was taken")

    def _read_row(self, row: TableRow, columns: tuple[Column | None, ...], where: str) -> ImportedRow:
        texts: dict[Column, str] = {}
        for each, cell in zip(columns, row.cells, strict=False):
            if each and len(cell) > _CELL_AT_MOST:
                self._miss(where, f"'{cell[:40]}…' is longer than the {_CELL_AT_MOST} characters of a cell")
            elif each and cell and (each == Column.MECHANISM or not cells.NOTHING.fullmatch(cell)):  # "none" is one
                texts.setdefault(each, cell)
        for lost in row.cells[len(columns) :]:
            self._miss(where, f"'{lost}' stands under no heading")
        self._drop_run_together(texts, columns, where)
        values = {name: value for each, cell in texts.items() for name, value in self._parse_cell(each, cell, where)}
        imported = ImportedRow(where, **values)
        if not imported.entity:
            self._miss(where, "names no company" if not imported.is_blank else "nothing in it could be taken")
        return imported

    def _drop_run_together(self, texts: dict[Column, str], columns: Collection[Column | None], where: str) -> None:
        """Drops a cell in which service and company ran together: they are listed, and not guessed apart."""
        pair = {Column.SERVICE, Column.ENTITY}
        if not pair <= set(columns) or len(pair & texts.keys()) != 1:
            return
        [only] = pair & texts.keys()
        halves = cells.split_run_together(texts[only])
        if halves and {half.casefold() for half in halves} & self.known_names:
            self._miss(where, f"'{texts.pop(only)}' is two cells run together, '{halves[0]}' and '{halves[1]}'")

    def _parse_cell(self, about: Column, cell: str, where: str) -> Iterator[tuple[str, Any]]:
        values, lost = _PARSERS[about](cell, self.language)
        for each in lost:
            self._miss(where, each)
        yield from values.items()

    def _miss(self, where: str, why: str) -> None:
        self.unplaced.append(Unplaced(where, why))


def find_known_names(page: Page) -> frozenset[str]:
    """Returns every service and company that has a cell of its own, in small letters."""
    names: set[str] = set()
    for table in find_tables(page):
        positions = [at for at, each in enumerate(table.headings) if to_column(each) in (Column.SERVICE, Column.ENTITY)]
        names |= {row.cells[at].casefold() for row in table.rows for at in positions if at < len(row.cells)}
    return frozenset(names - {""})


def _describe_place(table: int, number: int, row: TableRow) -> str:
    return f"table {table}, row {number}" + (f" (line {row.line})" if row.line else "")


ParsedCell = tuple[dict[str, Any], list[str]]


def _text_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda cell, _: ({name: cell}, [])


def _list_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda cell, _: ({name: cells.split_list(cell)}, [])


def _parse_entity(cell: str, language: str) -> ParsedCell:
    if countries.is_region(cell) or countries.country_code(cell, language):
        return {}, [f"'{cell}' is a place and no company"]
    return {"entity": cell.strip(" *")}, []


def _parse_locations(cell: str, language: str) -> ParsedCell:
    found, unknown = cells.parse_locations(cell, language)
    regions = [f"'{each}' is a region; name its countries" for each in unknown if countries.is_region(each)]
    return {"locations": found}, regions + [
        f"'{each}' is no country" for each in unknown if not countries.is_region(each)
    ]


def _parse_seat(cell: str, language: str) -> ParsedCell:
    code = countries.country_code(cell, language)
    return ({"seat": code}, []) if code else ({}, [f"'{cell}' is no country"])


def _parse_address(cell: str, language: str) -> ParsedCell:
    """Takes the country from the end of the address, where most addresses have it."""
    code = countries.country_code(cell.rpartition(",")[2] or cell, language)
    return {"address": cell} | ({"seat": code} if code else {}), []


def _parse_contact(cell: str, _: str) -> ParsedCell:
    found = cells.MAILBOX.findall(cell)
    rest = [f"'{cell}' is no mailbox"] if not found else [f"'{each}' is a second mailbox" for each in found[1:]]
    return ({"contact": found[0]} if found else {}), rest


def _parse_audiences(cell: str, _: str) -> ParsedCell:
    found = cells.parse_audiences(cell)
    return {"audiences": found}, [] if found else [f"'{cell}' is none of the regions {', '.join(Audience)}"]


def _parse_relation(cell: str, _: str) -> ParsedCell:
    found = cells.parse_relations(cell)
    return ({"relation": found[0]}, []) if found else ({}, [f"'{cell}' is none of {', '.join(Relation)}"])


def _parse_mechanism(cell: str, _: str) -> ParsedCell:
    found = cells.parse_bases(cell)
    if not found:
        return {}, [] if cells.NOTHING.fullmatch(cell) else [f"'{cell}' is no transfer mechanism import knows"]
    more = [f"'{cell}' names {each} too; {found[0]} was taken" for each in found[1:]]
    return {"mechanism": found[0], "document": cells.find_document(cell)}, more


def _parse_effective(cell: str, language: str) -> ParsedCell:
    found = dates.find_dates(cell, language)
    return ({"effective": found[0]}, []) if found else ({}, [f"'{cell}' is no date import can read"])


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
