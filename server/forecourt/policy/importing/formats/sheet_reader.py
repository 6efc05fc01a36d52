"""Reads one sheet of a workbook into rows, and gathers what is left out: hidden rows, comments, formulas."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from openpyxl.utils import get_column_letter

from forecourt.policy.importing.page import Aside, AsideKind, Cell, LeftOut, Link, TableRow
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark

_CELLS_AT_MOST = 500_000  # of a sheet, with its empty ones


class SheetReader:
    """Reads a sheet that was loaded twice: `sheet` has what formulas came to, `formulas` has the formulas themselves.

    Raises `PageRefused` where the sheet is too large.
    """

    def __init__(self, sheet: Any, formulas: Any):
        self.name = str(sheet.title)
        self.left_out: list[LeftOut] = []
        self._sheet = sheet
        self._formulas = formulas
        if sheet.max_row * sheet.max_column > _CELLS_AT_MOST:
            size = {"count": sheet.max_row * sheet.max_column, "rows": sheet.max_row, "columns": sheet.max_column}
            raise PageRefused(remark(RemarkKind.LARGE_SHEET, sheet=self.name, **size))
        self._spanned_cells = self._find_spanned_cells()
        self._hidden_columns = {
            number
            for column in sheet.column_dimensions.values()
            if column.hidden
            for number in range(column.min or 0, min(column.max or 0, sheet.max_column) + 1)
        }

    def read(self) -> list[TableRow]:
        """Returns the rows that are seen and not empty, with their numbers in the sheet as their lines."""
        rows = []
        self._list_hidden_columns()
        for cells in self._sheet.iter_rows():
            number = cells[0].row
            row = TableRow(tuple(self._read_seen_cells(cells)), number, is_band=self._is_band(cells))
            if any(cell.lines or cell.asides for cell in row.cells):
                if self._is_hidden(number):
                    self._leave_out(PagePart.HIDDEN_ROW, str(number), " | ".join(filter(None, row.texts)))
                else:
                    rows.append(row)
        return rows

    def _find_spanned_cells(self) -> dict[tuple[int, int], Any]:
        """Returns the cells of which another row shows the value too, by that row and the column."""
        spanned_cells: dict[tuple[int, int], Any] = {}
        for area in self._sheet.merged_cells.ranges:
            first_cell = self._sheet.cell(area.min_row, area.min_col)
            for row in range(area.min_row + 1, min(area.max_row, self._sheet.max_row) + 1):
                spanned_cells[row, area.min_col] = first_cell
        return spanned_cells

    def _is_hidden(self, row: int) -> bool:
        return row in self._sheet.row_dimensions and bool(self._sheet.row_dimensions[row].hidden)

    def _is_band(self, cells: tuple[Any, ...]) -> bool:
        """Returns whether the row is one cell that goes across."""
        filled_cells = [cell for cell in cells if cell.value is not None]
        return len(filled_cells) == 1 and any(
            area.min_row == filled_cells[0].row and area.max_col > area.min_col == filled_cells[0].column
            for area in self._sheet.merged_cells.ranges
        )

    def _read_seen_cells(self, cells: tuple[Any, ...]) -> Iterator[Cell]:
        for cell in cells:
            if cell.column not in self._hidden_columns:
                yield self._read_cell(self._spanned_cells.get((cell.row, cell.column), cell))

    def _read_cell(self, cell: Any) -> Cell:
        formula = self._formulas[cell.coordinate].value
        text = _to_text(cell.value)
        if cell.value is None and formula is not None:
            self._leave_out(PagePart.FORMULA, cell.coordinate, str(formula))
        elif cell.data_type == "e":
            self._leave_out(PagePart.ERROR_CELL, cell.coordinate, text)
            text = ""
        if cell.comment:
            self._leave_out(PagePart.COMMENT, cell.coordinate, str(cell.comment.text))
        if text and cell.font and cell.font.strike:
            return Cell(asides=(Aside(AsideKind.STRUCK, text),))
        return _with_link(text, str(cell.hyperlink.target or "") if cell.hyperlink else "")

    def _list_hidden_columns(self) -> None:
        for number in sorted(self._hidden_columns):
            [column] = self._sheet.iter_cols(min_col=number, max_col=number)
            if text := " | ".join(filter(None, (_to_text(cell.value) for cell in column))):
                self._leave_out(PagePart.HIDDEN_COLUMN, get_column_letter(number), text)

    def _leave_out(self, part: PagePart, name: str, text: str) -> None:
        place = PagePlace(part, name, sheet=self.name)
        if all(each.place != place for each in self.left_out[-100:]):  # a merged cell is read once a row
            self.left_out.append(LeftOut(place, Cell.from_text(text), is_content=True))


def _to_text(value: object) -> str:
    """Returns a value as the sheet means it: a day in ISO 8601, a whole number without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, bool):
        return str(value).upper()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _with_link(text: str, address: str) -> Cell:
    """Returns the cell with its link. One that only writes to somebody gives the address."""
    if address.startswith("mailto:"):
        mailbox = address.removeprefix("mailto:").partition("?")[0]
        return Cell.from_text(text if "@" in text else f"{text} ({mailbox})")
    cell = Cell.from_text(text)
    return Cell(cell.lines, (Link(text, address),)) if address and cell.lines else cell
