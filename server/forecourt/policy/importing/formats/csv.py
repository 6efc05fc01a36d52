"""Reads a CSV file as a page of one table, whatever parts its cells."""

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from itertools import islice

from forecourt.policy.importing.page import ROWS_AT_MOST, Page, Table, TableRow
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.tables.columns import to_column

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?=\r?\n|$)', re.IGNORECASE)  # which Excel writes and reads
_SAMPLE = 100_000  # characters that are looked at to find the delimiter
_SAMPLE_ROWS = 50


def parse_csv(text: str) -> Page:
    """Reads CSV (RFC 4180). Raises `PageRefused` where it cannot be read as that."""
    separator_line = _SEPARATOR_LINE.match(text)
    content = text[separator_line.end() :] if separator_line else text
    delimiter = separator_line[1] if separator_line else _find_delimiter(content)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        rows = [
            TableRow.from_texts(map(_clean_cell, cells), reader.line_num)
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        # This is all that it refuses: a cell beyond its limit.
        raise PageRefused(remark(RemarkKind.CSV_CELL, line=reader.line_num, count=csv.field_size_limit())) from error
    _refuse_open_quote(content, delimiter)
    if len(rows) > ROWS_AT_MOST + 1:
        raise PageRefused(remark(RemarkKind.TOO_MANY_ROWS, count=len(rows) - 1, most=ROWS_AT_MOST))
    return (Table((), (replace(rows[0], is_heading=True), *rows[1:])),) if rows else ()


def _find_delimiter(text: str) -> str:
    """Returns the one that parts headings import knows, or else the one with which most rows have as many cells."""
    return max(_DELIMITERS, key=lambda delimiter: _judge_delimiter(text[:_SAMPLE], delimiter))


def _judge_delimiter(sample: str, delimiter: str) -> tuple[int, int, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0, 0
    headings = max((len(set(map(to_column, row)) - {None}) for row in rows if len(row) > 1), default=0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, count = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    return headings, count, width


def _refuse_open_quote(text: str, delimiter: str) -> None:
    """Raises `PageRefused` where a quote has no end, since all that follows it would be one cell."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise PageRefused(remark(RemarkKind.OPEN_QUOTE)) from error


def _clean_cell(text: str) -> str:
    """Returns the cell without the quote that keeps a spreadsheet from running a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
