"""Finds tables that were copied as text: cells parted by tabs, bars or blanks, each in a line, or glued together."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, takewhile

from forecourt.policy.importing.companies.company_names import NameSign, has_legal_form
from forecourt.policy.importing.companies.labels import is_label
from forecourt.policy.importing.companies.name_splitter import JudgeName, is_places
from forecourt.policy.importing.companies.text_lines import TextLine
from forecourt.policy.importing.page import Shape, Table, TableRow
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.columns import Column, to_column
from forecourt.policy.importing.tables.table_headings import count_columns

_SEAM = re.compile(
    r"(?!(?<=Gmb)H)(?<=[^\W\d_A-ZÆØÅÄÖÜ)(])(?=[A-ZÆØÅÄÖÜ])|(?<=[).\]])(?=[^\W\d_])|"
    r"(?:(?<=GmbH)|(?<=\sLLC)|(?<=\s(?:AG|AS|AB|SA|BV|NV|OY|SE|KG|UG)))(?=[A-ZÆØÅÄÖÜ][^\W\d_A-ZÆØÅÄÖÜ])"
)
_DASHES = re.compile(r"[\s|:+=-]*[-=][\s|:+=-]*")
_HEADINGS_AT_MOST = 300  # characters of a line of headings
_WORDS_AT_MOST = 60  # of a line whose cells are parted by single blanks
_COLUMNS_AT_MOST = 20  # of a table that has each cell in a line of its own
_PIECES_AT_MOST = 12  # of a line whose cells are glued together

PartLine = Callable[[str], list[str]]


@dataclass(frozen=True)
class TextTable:
    """Holds a table and how many lines it took."""

    table: Table
    length: int


@dataclass(frozen=True)
class TextTableFinder:
    """Finds tables in the lines of neighbouring paragraphs."""

    lines: Sequence[TextLine]
    judge: JudgeName
    language: str

    def find(self, start: int) -> TextTable | None:
        """Returns the table that begins with this line, or None."""
        for part in (_part_by_tabs, _part_by_bars, _part_by_blanks):
            if table := self._find_parted(start, part, needs_headings=part is _part_by_blanks):
                return table
        if len(self.lines[start].text) > _HEADINGS_AT_MOST:
            return None
        return self._find_stacked(start) or self._find_glued(start)

    def _find_parted(self, start: int, part: PartLine, needs_headings: bool) -> TextTable | None:
        """Returns the lines that a mark parts into cells. Without headings, there are several of one width."""
        headings = part(self.lines[start].text)
        has_headings = len(headings) > 1 and count_columns(headings) > 1
        if len(headings) < 2 or (needs_headings and not has_headings):
            return None
        width = 0 if has_headings else len(headings)
        lines = [*takewhile(lambda line: _is_row(part(line.text), width, line.text), self._lines_from(start))]
        rows = [line for line in lines if not _DASHES.fullmatch(line.text)]
        if len(rows) < 2:
            return None
        cells = [TableRow(tuple(map(line.read_cell, part(line.text))), line.line) for line in rows]
        return TextTable(_to_table(cells), len(lines))

    def _find_stacked(self, start: int) -> TextTable | None:
        """Returns a table in which each cell stands in a line of its own: headings first, then row by row."""
        lines = islice(self._lines_from(start), _COLUMNS_AT_MOST)
        headings = [each.text.strip() for each in takewhile(_is_heading, lines)]
        columns, width = [to_column(each) for each in headings], len(headings)
        if width < 2 or Column.ENTITY not in columns:
            return None
        rows: list[TableRow] = []
        for first in range(start + width, len(self.lines) - width + 1, width):
            cells = tuple(line.read_cell() for line in self.lines[first : first + width])
            row = TableRow(cells, self.lines[first].line)
            if not self._fits(row.texts, columns):
                break
            rows.append(row)
        heading_row = TableRow.from_texts(headings, self.lines[start].line)
        return TextTable(_to_table([heading_row, *rows]), width * (len(rows) + 1)) if rows else None

    def _find_glued(self, start: int) -> TextTable | None:
        """Returns a table whose cells nothing parts, or one blank each, as far as capitals and places part them."""
        text = self.lines[start].text.strip()
        is_glued = bool(_SEAM.search(text))
        headings = _SEAM.split(text) if is_glued else re.split(r"\s+(?=[A-ZÆØÅÄÖÜ])", text)
        if len(headings) < 2 or not count_columns(headings) or not all(map(is_label, headings)):
            return None
        part = self._part_glued if is_glued else self._part_words
        rows: list[TableRow] = []
        for line in self._lines_from(start + 1):
            cells = part(line.text.strip(), [to_column(each) for each in headings])
            if not cells:
                break
            rows.append(TableRow.from_texts(cells, line.line))
        heading_row = TableRow.from_texts(headings, self.lines[start].line)
        return TextTable(_to_table([heading_row, *rows]), len(rows) + 1) if rows else None

    def _lines_from(self, start: int) -> Iterator[TextLine]:
        return (self.lines[index] for index in range(start, len(self.lines)))

    def _part_glued(self, text: str, columns: Sequence[Column | None]) -> list[str]:
        """Splits `StripePaymentsIreland` where capitals follow small letters, if there is one way to do it."""
        pieces, width = _SEAM.split(text), len(columns)
        if not width <= len(pieces) <= _PIECES_AT_MOST:
            return []
        ways = [
            ["".join(pieces[first:end]) for first, end in zip((0, *ends), (*ends, len(pieces)), strict=True)]
            for ends in combinations(range(1, len(pieces)), width - 1)
        ]
        fitting = [cells for cells in ways if self._fits(cells, columns)]
        return fitting[0] if len(fitting) == 1 else []

    def _fits(self, cells: Sequence[str], columns: Sequence[Column | None]) -> bool:
        tests: dict[Column | None, Callable[[str], bool]] = {
            Column.ENTITY: lambda text: self.judge(text) >= NameSign.WEAK,
            Column.LOCATIONS: lambda text: is_places(text, self.language, is_alone=True),
            Column.CONTACT: lambda text: bool(cell_parser.MAILBOX.search(text)),
        }
        return all(tests[column](cell) for cell, column in zip(cells, columns, strict=True) if column in tests)

    def _part_words(self, text: str, columns: Sequence[Column | None]) -> list[str]:
        """Splits `Clerk, Inc. SSO Authentication USA`: a name first, then what it is for, and a place at the end."""
        words, has_place = text.split(), columns[-1] is Column.LOCATIONS
        if columns[0] is not Column.ENTITY or len(columns) > 2 + has_place or len(words) > _WORDS_AT_MOST:
            return []
        starts = [index for index in range(1, len(words)) if is_places(" ".join(words[index:]), self.language)]
        end = starts[0] if has_place and starts else len(words)
        name_end = self._find_name_end(words[:end])
        cells = [" ".join(words[:name_end]), " ".join(words[name_end:end]), " ".join(words[end:])]
        filled_cells = [cell for cell in cells if cell]
        return filled_cells if len(filled_cells) == len(columns) and bool(cells[2]) == has_place else []

    def _find_name_end(self, words: Sequence[str]) -> int:
        """Returns after how many words the name ends: with its legal form, or before the first everyday word."""
        with_form = (end for end in range(2, len(words) + 1) if has_legal_form(" ".join(words[:end])))
        common = (index for index, word in enumerate(words) if self.judge(word) <= NameSign.COMMON)
        return next(with_form, next(common, len(words)))


def _part_by_tabs(text: str) -> list[str]:
    return [each.strip() for each in text.strip("\n ").split("\t")]


def _part_by_bars(text: str) -> list[str]:
    bar = "||" if text.strip().startswith("||") else "|"  # which Confluence writes between headings
    return [each.strip() for each in text.strip().strip("|").split(bar)]


def _part_by_blanks(text: str) -> list[str]:
    return re.split(r"\s{2,}", text.strip())


def _is_row(cells: Sequence[str], width: int, text: str) -> bool:
    """Returns whether a line is a row of this width, where there is one, or the dashes below headings."""
    return bool(_DASHES.fullmatch(text)) or (len(cells) == width if width else len(cells) > 1)


def _is_heading(line: TextLine) -> bool:
    return is_label(line.text.strip())


def _to_table(rows: Sequence[TableRow]) -> Table:
    return Table((), tuple(rows), "", rows[0].line, Shape.TEXT)
