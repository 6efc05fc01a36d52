"""This module writes CSV (RFC 4180) for spreadsheets, and answers with it.

A file begins with a byte order mark: without one, spreadsheets take UTF-8 for their own country's old code page.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator

from starlette.responses import StreamingResponse

from forecourt.web.responses import stream_download

BYTE_ORDER_MARK = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
# What a spreadsheet would run (OWASP, CSV injection), with the full-width signs of East Asian ones.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def csv_row(cells: Iterable[object]) -> str:
    """Returns one line with its line break. No cell of it is run as a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow([escape_formula(str(cell)) for cell in cells])
    return text.getvalue()


def escape_formula(cell: str) -> str:
    """Puts an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_download(lines: Iterator[str] | AsyncIterator[str], filename: str) -> StreamingResponse:
    """Sends `lines` one after the other as a file to save. `filename` is ASCII without quotes."""
    return stream_download(lines, filename, MEDIA_TYPE)
