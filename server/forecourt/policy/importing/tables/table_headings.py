"""Finds the headings of a table: in its first rows, below a title, or in its first column, and what else is no row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from forecourt.policy.importing.companies.labels import is_label
from forecourt.policy.importing.page import COLUMNS_AT_MOST, Block, Cell, Heading, LeftOut, Line, Prose, Table, TableRow
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.tables.columns import names_companies, to_column

_LOOKED_THROUGH = 10  # rows from the top in which headings may stand
_FIELDS_AT_MOST = 40  # rows of a table that has its headings in its first column
_HEADING_AT_MOST = 80  # characters
_BAND_LEVEL = 6
_CORNER = "Company"

Rows = Sequence[TableRow]


def settle_headings(table: Table, number: int) -> list[Block]:
    """Returns the table with its headings and numbered rows. What stands in it and is no row is a block of its own.

    A cell across the table is a heading: the rows below it are a table of their own, with the same headings.
    """
    rows, blocks = _cut_columns([*_written_headings(table), *table.rows], number)
    first, end, headings = _find_headings(rows)
    if (fields := _turn_fields(rows)) and count_columns(fields[0].texts) > count_columns(headings):
        first, end, headings, rows = 0, 1, fields[0].texts, fields
    blocks += [block for row in rows[:first] for block in _to_text(row)]
    rows_below = _without_repeated_headings(headings, rows[end:])
    numbered_rows = [replace(row, number=index) for index, row in enumerate(rows_below, 1)]
    return [*blocks, *_split(replace(table, headings=headings, rows=(), number=number), numbered_rows)]


def count_columns(headings: Sequence[str]) -> int:
    """Returns how many things the headings are about; none, where no heading names a company."""
    short_headings = tuple(text for text in headings if len(text) <= _HEADING_AT_MOST)
    return len(set(map(to_column, short_headings)) - {None}) if names_companies(short_headings) else 0


def _written_headings(table: Table) -> Rows:
    return [replace(TableRow.from_texts(table.headings, table.line), is_heading=True)] if table.headings else []


def _cut_columns(rows: Rows, number: int) -> tuple[list[TableRow], list[Block]]:
    lines = [line for row in rows for cell in row.cells[COLUMNS_AT_MOST:] for line in cell.lines]
    if all(len(row.cells) <= COLUMNS_AT_MOST for row in rows):
        return [*rows], []
    place = PagePlace(PagePart.BEYOND_COLUMNS, str(COLUMNS_AT_MOST), number)
    rest = LeftOut(place, Cell(tuple(lines)), is_content=True)
    return [replace(row, cells=row.cells[:COLUMNS_AT_MOST]) for row in rows], [rest]


def _find_headings(rows: Rows) -> tuple[int, int, tuple[str, ...]]:
    """Returns the first row of headings, the row after the last, and the headings; blank where there are none."""
    candidates = list(_find_candidates(rows[:_LOOKED_THROUGH]))
    at_the_top = [each for each in candidates if each[0] == 0 and count_columns(each[2])]
    best = max(at_the_top or candidates, key=lambda each: (count_columns(each[2]), -each[0], each[1]), default=None)
    if best and (at_the_top or count_columns(best[2]) > 1 or rows[best[0]].is_heading):
        return best
    return (0, 1, rows[0].texts) if rows and rows[0].is_heading else (0, 0, ())


def _find_candidates(rows: Rows) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yields each row that may be of headings, and each pair of rows that were written as headings together."""
    width = max((len(row.cells) for row in rows), default=0)
    for index, row in enumerate(rows):
        if row.is_band or len(set(row.texts) - {""}) < min(2, width):  # a title such as "Our subprocessors"
            continue
        if count_columns(row.texts) and (row.is_heading or _are_labels(row.texts)):
            yield index, index + 1, row.texts
        following_rows = rows[index + 1 : index + 2]
        if row.is_heading and following_rows and following_rows[0].is_heading:
            both = tuple(map(_join_headings, zip_longest(row.texts, following_rows[0].texts, fillvalue="")))
            if count_columns(both):
                yield index, index + 2, both


def _are_labels(texts: Sequence[str]) -> bool:
    """Returns whether texts that nobody wrote as headings are some: a company's row may speak of a service, too."""
    filled_texts = [text for text in texts if text]
    labels = [text for text in filled_texts if is_label(text)]
    return 2 * len(labels) >= len(filled_texts) and count_columns(labels) > 0


def _join_headings(texts: tuple[str, str]) -> str:
    return " ".join(dict.fromkeys(filter(None, texts)))


def _turn_fields(rows: Rows) -> list[TableRow]:
    """Returns the table turned, where its first column may be the headings; no rows where it cannot."""
    rows = [row for row in rows if not row.is_band]
    width = max((len(row.cells) for row in rows), default=0)
    if not 1 < len(rows) <= _FIELDS_AT_MOST or width < 2:
        return []
    if _has_blank_corner(rows):
        rows = [replace(rows[0], cells=(Cell((Line(_CORNER),)), *rows[0].cells[1:])), *rows[1:]]
    if not _are_labels([row.texts[0] for row in rows]):
        return []
    full_rows = [(*row.cells, *[Cell()] * (width - len(row.cells))) for row in rows]
    return [TableRow(cells, rows[0].line) for cells in zip(*full_rows, strict=True)]


def _has_blank_corner(rows: Rows) -> bool:
    """Returns whether a table has companies for headings: only its first column names what the rows are about."""
    first, *others = rows
    texts = [row.texts[0] for row in others]
    names = [text for text in first.texts[1:] if text]
    return not first.texts[0] and len(names) > 1 and not any(map(to_column, names)) and all(map(is_label, texts))


def _without_repeated_headings(headings: Sequence[str], rows: Rows) -> list[TableRow]:
    """Leaves out what cells show only on a narrow screen: in each row of a column, the column's heading again."""
    labels = [
        heading if all(_without_label(cell, heading) != cell for cell in _column(rows, index) if cell.lines) else ""
        for index, heading in enumerate(headings)
    ]
    return [
        replace(row, cells=tuple(map(_without_label, row.cells, (*labels, *[""] * len(row.cells))))) for row in rows
    ]


def _column(rows: Rows, index: int) -> list[Cell]:
    return [row.cells[index] for row in rows if index < len(row.cells)]


def _without_label(cell: Cell, label: str) -> Cell:
    if not label or not cell.lines:
        return cell
    first_line, *other_lines = cell.lines
    beginning, rest = first_line.text[: len(label)], first_line.text[len(label) :]
    if beginning.casefold() != label.casefold() or not (rest.startswith(":") or (rest == "" and other_lines)):
        return cell
    text = rest.lstrip(": ")
    lead = first_line.lead[len(label) :].lstrip(": ")
    shown_lines = [Line(text, lead)] if text else [replace(other_lines.pop(0), is_badge=False)] if other_lines else []
    return replace(cell, lines=(*shown_lines, *other_lines))


def _to_text(row: TableRow) -> list[Block]:
    """Makes a row above the headings text: it is the table's title, or says when it was updated."""
    text = " ".join(dict.fromkeys(filter(None, row.texts)))
    return [Prose(text, Cell.from_text(text), row.line)] if text else []


def _split(table: Table, rows: Rows) -> Iterator[Block]:
    """Yields the table in parts, where a cell goes across it or where other headings begin."""
    part: list[TableRow] = []
    for index, row in enumerate(rows):
        is_again_headings = row.is_heading and count_columns(row.texts) > 1
        if not row.is_band and not is_again_headings:
            part += [row] if row.texts != table.headings else []
            continue
        yield from [replace(table, rows=tuple(part))] if part else []
        part = []
        if is_again_headings:
            table = replace(table, headings=row.texts)
        else:
            yield from _to_heading(row, is_last=all(each.is_band for each in rows[index:]))
    if part or not rows:
        yield replace(table, rows=tuple(part))


def _to_heading(row: TableRow, is_last: bool) -> list[Block]:
    cell = next((cell for cell in row.cells if cell.lines), Cell())
    if is_last or len(cell.text) > _HEADING_AT_MOST:
        return _to_text(row)
    return [Heading(_BAND_LEVEL, cell, row.line)]
