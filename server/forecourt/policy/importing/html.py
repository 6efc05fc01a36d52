"""Reads an HTML page: its prose by way of Markdown, its tables cell by cell. Scripts, styles and menus are dropped."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import ATX, MarkdownConverter

from forecourt.errors import PolicyBroken
from forecourt.policy.importing import markdown
from forecourt.policy.importing.page import ROWS_AT_MOST, Block, Heading, Page, Prose, Table, TableRow

_DROPPED_ELEMENTS = "script style title noscript template nav footer form textarea select button svg math iframe object"
_ALLOWED_ELEMENTS = (
    "main article section div p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code a b strong i em "
    "table caption thead tbody tfoot tr td th"
)
_SPANS = {"colspan", "rowspan"}
_ATTRIBUTES = {"a": {"href"}, "td": _SPANS, "th": _SPANS}
_DEPTH_AT_MOST = 200  # elements in elements
_BLOCK_DEPTH_AT_MOST = 2000  # before anything is dropped; scripts may hold some that are none
_BLOCK = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|fig\w+|footer|form|header|hgroup"
    r"|main|menu|nav|ol|pre|section|summary|ul)\b",
    re.IGNORECASE,
)
_TABLE_PARTS = ("tr", "td", "th", "thead", "tbody", "tfoot", "caption")
_BREAK = "\u2028"  # a line's end in a cell; in the file's own there are blanks
_BREAKING_ELEMENTS = ("p", "div", "li", "ul", "ol", "dd", "dt")


def parse_html(text: str) -> Page:
    """Reads HTML. Raises `PolicyBroken` where it is nested too deep or has too many rows."""
    sanitized_html = _sanitize(text)
    soup = BeautifulSoup(sanitized_html, "html.parser")
    mark = secrets.token_hex(8)  # no page can name a table that way by itself
    tables = [_take_table(table, f"{mark}x{index}x") for index, table in enumerate(_find_data_tables(soup))]
    if sum(len(table.rows) for table in tables) > ROWS_AT_MOST:
        raise PolicyBroken([f"It has more than {ROWS_AT_MOST} rows, which is what import takes."])
    main_element = soup.find("main") or soup
    markdown_text = MarkdownConverter(heading_style=ATX, bullets="-", newline_style="backslash").convert_soup(
        main_element
    )
    return tuple(
        part for block in markdown.parse_markdown(markdown_text) for part in _replace_marks(block, mark, tables)
    )


def _sanitize(text: str) -> str:
    """Returns the page with allowed elements only. Its depth is checked first, for deep blocks take the parser hours.

    The parser is a browser's: it knows which closing tags people may leave out.
    """
    allowed_elements, dropped_elements = set(_ALLOWED_ELEMENTS.split()), set(_DROPPED_ELEMENTS.split())
    if _nesting_depth(_BLOCK.findall(text)) <= _BLOCK_DEPTH_AT_MOST:
        sanitized_html = nh3.clean(
            text, tags=allowed_elements, clean_content_tags=dropped_elements, attributes=_ATTRIBUTES, link_rel=None
        )
        if _nesting_depth(re.findall(r"<(/?)(\w+)", sanitized_html)) <= _DEPTH_AT_MOST:
            return sanitized_html
    raise PolicyBroken(["It is nested too deep to be a page people read."])


def _nesting_depth(tags: Iterable[tuple[str, str]]) -> int:
    """Returns how deep elements stand in elements. Each of `tags` is a slash, for a closing tag, and the name."""
    return max(accumulate(-1 if end else 1 for end, name in tags if name not in ("br", "hr")), default=0)


def _replace_marks(block: Block, mark: str, tables: list[Table]) -> Iterator[Block]:
    if isinstance(block, Table):
        return
    for index, part in enumerate(re.split(rf"{mark}x(\d+)x", block.text)):
        if index % 2:
            yield tables[int(part)]
        elif prose := part.strip(" \n>-"):
            yield replace(block, text=prose) if isinstance(block, Heading) else Prose(part.strip("\n"))


def _find_data_tables(soup: BeautifulSoup) -> list[Tag]:
    """Returns the tables that hold no other table. One around tables is for layout, and becomes plain blocks."""
    every = soup.find_all("table")
    for table in every:
        if table.find("table"):
            for part in [each for each in table.find_all(_TABLE_PARTS) if each.find_parent("table") is table]:
                part.name = "div"
            table.name = "div"
    return [table for table in every if table.name == "table"]


def _take_table(table: Tag, mark: str) -> Table:
    """Takes a table out of the page, and leaves `mark` where it stood."""
    caption = table.find("caption")
    caption_text = _cell_text(caption) if caption else ""
    grid = [row for row in _parse_rows(table) if any(row)]
    table.replace_with(_new_paragraph(mark))
    return Table(grid[0] if grid else (), tuple(TableRow(row) for row in grid[1:]), caption_text)


def _new_paragraph(text: str) -> Tag:
    paragraph = BeautifulSoup("", "html.parser").new_tag("p")
    paragraph.string = text
    return paragraph


def _parse_rows(table: Tag) -> Iterator[tuple[str, ...]]:
    """Yields each row's cells. A cell that spans rows stands in each; one that spans columns leaves blanks after it."""
    spanning_cells: dict[int, tuple[int, str]] = {}  # column -> how many rows more, and what it says
    for row in table.find_all("tr"):
        cells: list[str] = []
        for cell in row.find_all(("td", "th")):
            _fill_spanned_cells(cells, spanning_cells)
            text, columns, rows = _cell_text(cell), _parse_span(cell, "colspan"), _parse_span(cell, "rowspan")
            if rows > 1:
                spanning_cells[len(cells)] = (rows - 1, text)
            cells += [text, *[""] * (columns - 1)]
        _fill_spanned_cells(cells, spanning_cells)
        yield tuple(cells)


def _fill_spanned_cells(cells: list[str], spanning_cells: dict[int, tuple[int, str]]) -> None:
    while span := spanning_cells.pop(len(cells), None):
        rows_left, text = span
        if rows_left > 1:
            spanning_cells[len(cells)] = (rows_left - 1, text)
        cells.append(text)


def _parse_span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, ""))
    return min(int(value), 100) if re.fullmatch("[0-9]{1,4}", value) else 1


def _cell_text(cell: Tag) -> str:
    """Returns the cell in one line, with `;` for its breaks. A link that only writes to somebody gives the address."""
    for link in cell.find_all("a", href=re.compile("^mailto:")):
        if "@" not in link.get_text():
            link.string = str(link["href"]).removeprefix("mailto:").partition("?")[0]
    for element in cell.find_all("br"):
        element.replace_with(_BREAK)
    for element in cell.find_all(_BREAKING_ELEMENTS):
        element.insert_before(_BREAK)
        element.append(_BREAK)
    return "; ".join(filter(None, (" ".join(line.split()) for line in cell.get_text().split(_BREAK))))
