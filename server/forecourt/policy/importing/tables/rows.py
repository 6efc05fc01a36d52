"""Reads a table's rows as facts and texts, each cell by what its column is about."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from msgspec.structs import replace as replace_fields

from forecourt.policy.importing.companies.labels import is_label
from forecourt.policy.importing.facts_in_text import find_facts
from forecourt.policy.importing.ledger import Ledger
from forecourt.policy.importing.page import Aside, Cell, LeftOut, Line, Page, Table, TableRow, find_tables
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.places.code_columns import CodeColumn, read_code_column
from forecourt.policy.importing.places.locations import ImportedLocation
from forecourt.policy.importing.remark import Remark, RemarkKind, remark, remark_with_texts
from forecourt.policy.importing.remark_values import NamedLinks, Terms, shorten
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.column_choice import choose_columns
from forecourt.policy.importing.tables.columns import Column, find_column_beside_company, to_column
from forecourt.policy.importing.tables.entity_cell import find_name_line, place_other_lines, split_address
from forecourt.policy.importing.tables.legal_name import clean_name, names_several
from forecourt.policy.importing.tables.place_column import settle_places
from forecourt.policy.importing.tables.purpose_column import settle_purpose
from forecourt.policy.importing.tables.row_parsers import find_claim, parse_cell, parse_codes
from forecourt.policy.model import Audience, Basis, Relation

_CELL_AT_MOST = 2000  # characters

Columns = tuple[Column | None, ...]


@dataclass(frozen=True)
class ImportedRow:
    """Holds what one row says. A field is blank where the row does not say it."""

    where: PagePlace
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
    def texts(self) -> Iterator[str]:
        """Yields what the row says in the page's words."""
        yield from (self.entity, self.service, self.purpose, self.address, self.contact, self.document)
        yield from (*self.data, *self.subjects, *self.certificates)
        yield from (location.place for location in self.locations)

    @property
    def is_blank(self) -> bool:
        return self == ImportedRow(self.where)


@dataclass(frozen=True)
class _TableTraits:
    """Holds which columns are of codes only, and what the heading of companies asks for, too, as their addresses."""

    codes: Mapping[Column, CodeColumn]
    beside_company: Column | None


@dataclass(frozen=True)
class RowReader:
    """Reads the tables of one page, and gathers in the ledger what it could not take.

    `known_names` are the services and companies, in small letters, that have a cell of their own on the page.
    `purpose_column` is the heading that a person named for the purpose, blank for none; None where nobody did.
    """

    language: str
    ledger: Ledger
    known_names: frozenset[str] = frozenset()
    purpose_column: str | None = None

    def read_table(self, table: Table) -> tuple[ImportedRow, ...]:
        """Returns every row, also those of which nothing was taken; no row where no column names a company."""
        choice = settle_purpose(table, choose_columns(table), self.purpose_column, self.language)
        choice = settle_places(table, choice, self.language)
        columns = choice.columns
        for heading in table.headings:
            if is_label(heading) or (to_column(heading) and not any(map(str.isdigit, heading))):
                self.ledger.claim(heading)
        if Column.ENTITY not in columns or not table.names_companies:
            heading_row = () if all(map(is_label, filter(None, table.headings))) else table.headings
            texts = (heading_row, *(row.texts for row in table.rows))
            rows = (" | ".join(filter(None, each)) for each in texts)
            why = remark_with_texts(RemarkKind.NO_COMPANY_COLUMN, rows)
            self.ledger.miss(table.shape.place(table.number), why)
            return ()
        for index, column in enumerate(columns):
            self._check_heading(table, index, columns.index(column), column)
        for index, loss in choice.losses:
            self.ledger.miss(_place_of_column(table, index), loss)
        for index, assumption in choice.assumptions:
            self.ledger.assume(_place_of_column(table, index), assumption)
        self._list_links(table, columns)
        heading = table.headings[columns.index(Column.ENTITY)]
        traits = _TableTraits(self._find_code_columns(table, columns), find_column_beside_company(heading))
        return tuple(self._read_row(row, columns, _place_of_row(table, row), traits) for row in table.rows)

    def list_left_out(self, content: LeftOut) -> None:
        """Lists what is no part of the page, where somebody may miss it."""
        text = content.text if content.is_content else find_facts(content.cell, self.language)
        if text:
            self.ledger.miss(content.place, remark(RemarkKind.LEFT_OUT, text=shorten(text)))

    def _check_heading(self, table: Table, index: int, first_index: int, column: Column | None) -> None:
        place, heading = _place_of_column(table, index), table.headings[index]
        rows = [row for row in table.rows if index < len(row.cells)]
        if column is None and to_column(heading) is None:
            texts = [row.texts[index] for row in rows]
            if any(texts):
                self.ledger.miss(place, remark_with_texts(RemarkKind.UNKNOWN_COLUMN, texts, heading=heading))
            self.ledger.claim(heading)
        elif column and index != first_index and heading:
            texts = [row.texts[index] for row in rows if row.texts[first_index]]
            other = table.headings[first_index]
            self.ledger.miss(place, remark_with_texts(RemarkKind.REPEATED_COLUMN, texts, heading=heading, other=other))

    def _find_code_columns(self, table: Table, columns: Columns) -> dict[Column, CodeColumn]:
        """Returns the columns of places that are of codes only, and lists what can be read otherwise: once a column."""
        code_columns: dict[Column, CodeColumn] = {}
        for column in (each for each in (Column.LOCATIONS, Column.SEAT) if each in columns):
            index = columns.index(column)
            texts = [row.texts[index] for row in table.rows if index < len(row.cells)]
            if codes := read_code_column([text for text in texts if not _says_nothing(column, text)]):
                code_columns[column] = codes
                if codes.doubt:
                    self.ledger.assume(_place_of_column(table, index), codes.doubt)
        return code_columns

    def _list_links(self, table: Table, columns: Columns) -> None:
        """Lists where the cells lead to. Only a transfer mechanism's document has a place in a policy."""
        cells = [pair for row in table.rows for pair in zip(columns, row.cells, strict=False)]
        links = [link for column, cell in cells if column and column != Column.MECHANISM for link in cell.links]
        if links:
            texts = NamedLinks(tuple((link.text, link.address) for link in dict.fromkeys(links)))
            self.ledger.miss(table.shape.place(table.number), remark(RemarkKind.LINKS, links=texts))

    def _read_row(self, row: TableRow, columns: Columns, place: PagePlace, traits: _TableTraits) -> ImportedRow:
        cells = self._pick_cells(row, columns, place)
        self._part_entity_cell(cells, columns, place, traits.beside_company)
        self._part_contact_cell(cells, columns, place)
        self._drop_run_together(cells, columns, place)
        values = {
            name: value
            for column, cell in cells.items()
            for name, value in self._parse_cell(
                column, cell, _place_of_cell(place, columns, column), traits.codes.get(column)
            )
        }
        imported_row = ImportedRow(place, **values)
        if row.evidence and imported_row.entity:
            signs = Terms("import.sign", row.evidence.signs)
            why = remark(RemarkKind.COMPANY, row.evidence.sureness, text=imported_row.entity, signs=signs)
            self.ledger.assume(place, why, Column.ENTITY)
        if not imported_row.entity:
            kind = RemarkKind.NOTHING_TAKEN if imported_row.is_blank else RemarkKind.NO_NAME
            self.ledger.miss(place, remark(kind))
        return imported_row

    def _pick_cells(self, row: TableRow, columns: Columns, place: PagePlace) -> dict[Column, Cell]:
        """Returns the first cell of each column that says something, and lists what hangs on its text."""
        cells: dict[Column, Cell] = {}
        for column, cell in zip(columns, row.cells, strict=False):
            if column and len(cell.text) > _CELL_AT_MOST:
                self.ledger.miss(place, remark(RemarkKind.LONG_CELL, text=cell.text[:40], count=_CELL_AT_MOST))
            # "none" says something of a mechanism only
            elif column and (column == Column.MECHANISM or not _says_nothing(column, cell.text)):
                cells.setdefault(column, cell)
            for aside in cell.asides if column else ():
                self.ledger.miss(place, _to_remark(aside, cell.text))
        for cell in row.cells[len(columns) :]:
            if cell.text:
                self.ledger.miss(place, remark(RemarkKind.WITHOUT_HEADING, text=cell.text))
        return cells

    def _part_entity_cell(
        self, cells: dict[Column, Cell], columns: Columns, place: PagePlace, beside_company: Column | None
    ) -> None:
        """Leaves the legal name alone in its cell, and places the other lines of the cell or lists them."""
        cell = cells.get(Column.ENTITY, Cell())
        if not (name_line := find_name_line(cell, self.language)):
            return
        clean = clean_name(name_line.text, cell.links, self.language, beside_company)
        name = clean.name
        for loss in clean.remarks:
            self.ledger.miss(place, loss)
        cells[Column.ENTITY] = Cell((replace(name_line, text=name),))
        if names_several(name, self.language):
            self.ledger.assume(place, remark(RemarkKind.SEVERAL_COMPANIES, name=name), Column.ENTITY)
        behind = [(Line(text), None if column in columns else column) for column, text in clean.behind]
        for line, column in (*behind, *place_other_lines(cell, columns, self.language)):
            if column is None or column in cells:
                self.ledger.miss(place, remark(RemarkKind.LINE_BESIDE, text=line.text, name=name))
            else:
                cells[column] = Cell((line,))
                if column is Column.SERVICE and name.casefold().startswith(line.text.casefold()):
                    continue  # what a company is called after its name needs nobody's look
                why = remark(RemarkKind.LINE_TAKEN, column, text=line.text, name=name)
                self.ledger.assume(place, why, column)

    def _part_contact_cell(self, cells: dict[Column, Cell], columns: Columns, place: PagePlace) -> None:
        """Takes the address out of a cell of contacts that has no mailbox, and lists the rest of it."""
        cell = cells.get(Column.CONTACT, Cell())
        address, others = split_address(cell, self.language)
        if not address or Column.ADDRESS in (*columns, *cells) or cell_parser.MAILBOX.search(cell.text):
            return
        del cells[Column.CONTACT]
        cells[Column.ADDRESS] = Cell((Line(address),))
        self.ledger.assume(place, remark(RemarkKind.ADDRESS_AMONG_CONTACTS, text=address))
        for line in others:
            self.ledger.miss(place, remark(RemarkKind.LINE_BESIDE, text=line.text, name=address))

    def _drop_run_together(
        self, cells: dict[Column, Cell], columns: Collection[Column | None], place: PagePlace
    ) -> None:
        """Drops a cell in which service and company ran together: they are listed, and not guessed apart."""
        pair = {Column.SERVICE if Column.SERVICE in columns else Column.PURPOSE, Column.ENTITY}
        if not pair <= set(columns) or len(pair & cells.keys()) != 1:
            return
        [column] = pair & cells.keys()
        halves = cell_parser.split_run_together(cells[column].text)
        if halves and {half.casefold() for half in halves} & self.known_names:
            text, (first, second) = cells.pop(column).text, halves
            self.ledger.miss(place, remark(RemarkKind.RUN_TOGETHER, text=text, first=first, second=second))

    def _parse_cell(
        self, about: Column, cell: Cell, place: PagePlace, codes: CodeColumn | None
    ) -> Iterator[tuple[str, Any]]:
        values, losses = parse_codes(about, cell, codes) if codes else parse_cell(about, cell, self.language)
        for loss in losses:
            self.ledger.miss(place, loss, about)
        self.ledger.claim(find_claim(about, cell, bool(values)))
        yield from values.items()


def find_known_names(page: Page) -> frozenset[str]:
    """Returns every service and company that has a cell of its own, in small letters."""
    names: set[str] = set()
    for table in find_tables(page):
        positions = [
            index for index, text in enumerate(table.headings) if to_column(text) in (Column.SERVICE, Column.ENTITY)
        ]
        names |= {row.texts[index].casefold() for row in table.rows for index in positions if index < len(row.cells)}
    return frozenset(names - {""})


def _says_nothing(column: Column, text: str) -> bool:
    """Returns whether a cell is a dash or the like. Of places, NA can be one: Namibia, or North America."""
    return bool(cell_parser.NOTHING.fullmatch(text)) and not (column is Column.LOCATIONS and text == "NA")


def _place_of_row(table: Table, row: TableRow) -> PagePlace:
    return table.shape.place(table.number, row.number, row.line)


def _place_of_column(table: Table, index: int) -> PagePlace:
    return table.shape.place(table.number, column=index + 1)


def _place_of_cell(row: PagePlace, columns: Columns, column: Column) -> PagePlace:
    """Returns the place of a cell. In a list, the parts of an item have no columns."""
    is_numbered = row.part is PagePart.TABLE and column in columns
    return replace_fields(row, column=columns.index(column) + 1) if is_numbered else row


def _to_remark(aside: Aside, beside: str) -> Remark:
    if beside:
        return remark(RemarkKind.ASIDE_BESIDE, aside.kind, text=aside.text, beside=beside)
    return remark(RemarkKind.ASIDE, aside.kind, text=aside.text)
