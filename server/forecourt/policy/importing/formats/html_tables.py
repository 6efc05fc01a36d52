"""Reads a table's element as rows of cells, with what spans several of them, within bounds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bs4 import Tag

from forecourt.policy.importing.formats.cell_reader import read_cell, to_words
from forecourt.policy.importing.page import COLUMNS_AT_MOST, Cell, TableRow

_CELLS = ("td", "th")


@dataclass(frozen=True)
class _SpanningCell:
    """Holds a cell that stands in rows to come, too."""

    rows_left: int
    cell: Cell


def read_rows(table: Tag, line_of: Callable[[Tag], int | None]) -> list[TableRow]:
    """Returns the rows that are not empty, and above them what each cell calls its column, where no row does."""
    rows = [row for row in _read_rows(table, line_of) if any(row.texts)]
    first_row = next(iter(_find_own(table, "table", ("tr",))), None)
    cells = _find_own(first_row, "tr", _CELLS) if first_row else []
    labels = [to_words(str(cell.get("data-label", ""))) for cell in cells]
    is_labelled = any(labels) and not any(row.is_heading for row in rows)
    return [TableRow(TableRow.from_texts(labels).cells, None, is_heading=True), *rows] if is_labelled else rows


def _read_rows(table: Tag, line_of: Callable[[Tag], int | None]) -> Iterator[TableRow]:
    """Yields each row. A cell that spans rows stands in each; one that spans columns leaves blanks after it.

    In a row of headings it stands over each column. A row has at most one column more than import takes, with all the
    rest.
    """
    spanning_cells: dict[int, _SpanningCell] = {}
    for row in _find_own(table, "table", ("tr",)):
        elements = _find_own(row, "tr", _CELLS)
        is_heading = (row.parent is not None and row.parent.name == "thead") or _are_headings(elements)
        cells: list[Cell] = []
        for index, element in enumerate(elements):
            _fill_spanned_cells(cells, spanning_cells)
            if len(cells) >= COLUMNS_AT_MOST:
                cells.append(read_cell(elements[index:]))
                break
            cell, columns, rows = read_cell([element]), _parse_span(element, "colspan"), _parse_span(element, "rowspan")
            if rows != 1:
                spanning_cells[len(cells)] = _SpanningCell(rows - 1, cell)
            following_cells = [cell if is_heading else Cell()] * min(columns - 1, COLUMNS_AT_MOST - len(cells) - 1)
            cells += [cell, *following_cells]
        _fill_spanned_cells(cells, spanning_cells)
        yield TableRow(tuple(cells), line_of(row), is_heading, is_band=_is_band(elements))


def _find_own(container: Tag, name: str, parts: tuple[str, ...]) -> list[Tag]:
    """Returns the parts of a table or row, without those of a table in one of its cells."""
    return [part for part in container.find_all(parts) if part.find_parent(name) is container]


def _are_headings(elements: list[Tag]) -> bool:
    return len(elements) > 1 and all(element.name == "th" for element in elements)


def _is_band(elements: list[Tag]) -> bool:
    return len(elements) == 1 and _parse_span(elements[0], "colspan") > 1


def _fill_spanned_cells(cells: list[Cell], spanning_cells: dict[int, _SpanningCell]) -> None:
    while len(cells) <= COLUMNS_AT_MOST and (span := spanning_cells.pop(len(cells), None)):
        if span.rows_left != 1:
            spanning_cells[len(cells)] = _SpanningCell(span.rows_left - 1, span.cell)
        cells.append(span.cell)


def _parse_span(cell: Tag, name: str) -> int:
    """Returns how many columns or rows the cell spans. Zero are all rows to come (HTML, section 4.9.11)."""
    value = str(cell.get(name, ""))
    if not re.fullmatch("[0-9]+", value):
        return 1
    return min(int(value[:6]), 65534) or (1 if name == "colspan" else 65534)
