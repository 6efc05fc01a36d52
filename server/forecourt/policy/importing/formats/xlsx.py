"""Reads an XLSX workbook as a page: a table a sheet, under the sheet's name where there are several.

What people do not see in it, such as a hidden row or sheet, is left out and named.
"""

import io
import warnings
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl

from forecourt.policy.importing.formats.sheet_reader import SheetReader
from forecourt.policy.importing.page import ROWS_AT_MOST, Block, Cell, Heading, LeftOut, Page, Table, TableRow
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark

_UNPACKED_AT_MOST = 50 * 1024 * 1024  # bytes
_PARTS_AT_MOST = 1000


def parse_xlsx(content: bytes) -> Page:
    """Reads a workbook. Raises `PageRefused` where it is none, or too large."""
    _refuse_bomb(content)
    workbook, formulas = _load(content, has_values=True), _load(content, has_values=False)
    blocks: list[Block] = [
        LeftOut(PagePlace(PagePart.CHART, chart.title), Cell.from_text(chart.title), is_content=True)
        for chart in workbook.chartsheets
    ]
    readers = [SheetReader(sheet, formulas[sheet.title]) for sheet in workbook.worksheets]
    rows_by_sheet = [reader.read() for reader in readers]
    are_visible = [sheet.sheet_state == "visible" for sheet in workbook.worksheets]
    has_several = sum(bool(rows) and visible for rows, visible in zip(rows_by_sheet, are_visible, strict=True)) > 1
    for reader, rows, visible in zip(readers, rows_by_sheet, are_visible, strict=True):
        if not visible:
            blocks += _leave_out_sheet(reader.name, rows)
        elif rows:
            blocks += [Heading(2, Cell.from_text(reader.name))] if has_several else []
            blocks += [*reader.left_out, _to_table(rows)]
        else:
            blocks += reader.left_out
    return tuple(blocks)


def _to_table(rows: list[TableRow]) -> Table:
    if len(rows) > ROWS_AT_MOST + 1:
        raise PageRefused(remark(RemarkKind.TOO_MANY_ROWS, count=len(rows) - 1, most=ROWS_AT_MOST))
    return Table((), (replace(rows[0], is_heading=not rows[0].is_band), *rows[1:]))


def _leave_out_sheet(name: str, rows: list[TableRow]) -> list[Block]:
    texts = " | ".join(text for row in rows for text in row.texts if text)
    place = PagePlace(PagePart.HIDDEN_SHEET, name)
    return [LeftOut(place, Cell.from_text(texts), is_content=True)] if texts else []


def _refuse_bomb(content: bytes) -> None:
    """Refuses what is no archive, unpacks to too much, or has XML entities, which Excel never writes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS_AT_MOST or sum(part.file_size for part in parts) > _UNPACKED_AT_MOST:
                raise PageRefused(remark(RemarkKind.LARGE_WORKBOOK, size=_UNPACKED_AT_MOST // 1024**2))
            if any(b"<!DOCTYPE" in archive.read(part) for part in parts):
                raise PageRefused(remark(RemarkKind.DOCUMENT_TYPE))
    except PageRefused:
        raise
    except Exception as error:  # each way of packing has errors of its own
        raise PageRefused(remark(RemarkKind.NO_WORKBOOK)) from error


def _load(content: bytes, has_values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of each extension of Excel's that it does not know
            return openpyxl.load_workbook(io.BytesIO(content), data_only=has_values)
    except Exception as error:  # it raises whatever it stumbles over
        raise PageRefused(remark(RemarkKind.BAD_WORKBOOK, error=type(error).__name__)) from error
