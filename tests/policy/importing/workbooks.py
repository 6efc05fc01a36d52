"""Makes workbooks for tests."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl


def make_workbook(
    rows: Sequence[Sequence[object]], change: Callable[[Any, Any], None] = lambda workbook, sheet: None
) -> bytes:
    """Returns a workbook of one sheet with these rows. `change` gets the workbook and the sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "List"
    for row in rows:
        sheet.append(row)
    change(workbook, sheet)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def make_archive(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()
