"""Reads a CSV file as a page of one table."""

import csv
import io
from dataclasses import replace

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.page import ROWS_AT_MOST, Page, Table, TableRow

_DELIMITERS = ",;\t"


def parse_csv(text: str) -> Page:
    """Reads CSV (RFC 4180). Raises `PolicyBroken` where it cannot be read as that."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
    try:
        rows = [
            TableRow.from_texts(map(_clean_cell, cells), reader.line_num)
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise PolicyBroken([f"Line {reader.line_num} is no CSV ({error})."]) from error
    if len(rows) > ROWS_AT_MOST + 1:
        raise PolicyBroken([f"It has {len(rows) - 1} rows; import takes {ROWS_AT_MOST} at most."])
    return (Table((), (replace(rows[0], is_heading=True), *rows[1:])),) if rows else ()


def _find_delimiter(text: str) -> str:
    """Returns the one that stands most often in the first line."""
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first_line.count)


def _clean_cell(text: str) -> str:
    """Returns the cell without the quote that keeps a spreadsheet from running a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
