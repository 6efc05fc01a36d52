"""Reads an HTML page. Scripts and styles are dropped; menus, footers and frames are left out."""

import secrets
from collections.abc import Sequence

from bs4 import BeautifulSoup

from forecourt.policy.importing.formats.block_reader import BlockReader
from forecourt.policy.importing.formats.cell_reader import read_cell
from forecourt.policy.importing.formats.roles import apply_roles
from forecourt.policy.importing.formats.sanitizer import mark_lines, sanitize_html
from forecourt.policy.importing.page import Block, Heading, LeftOut, Page
from forecourt.policy.importing.page_place import PagePart, PagePlace


def parse_html(text: str) -> Page:
    """Reads HTML. Raises `PageRefused` where it is nested too deep or has too many rows."""
    line_attribute = f"data-{secrets.token_hex(8)}"  # no page can name its lines by itself
    return read_page(mark_lines(text, line_attribute), line_attribute)


def read_page(html: str, line_attribute: str, source_lines: Sequence[str] = ()) -> Page:
    """Reads HTML whose elements have their line in an attribute, and which may have been written as `source_lines`."""
    soup = BeautifulSoup(sanitize_html(html, line_attribute), "html.parser")
    apply_roles(soup)
    reader = BlockReader(line_attribute, source_lines)
    main_elements = [element for element in soup.find_all("main") if not element.find_parent("main")]
    if not main_elements:
        return tuple(reader.read(soup))
    blocks = [block for element in main_elements for block in reader.read(element)]
    for element in main_elements:
        element.extract()
    return (*_leave_out_rest(soup, blocks, reader), *blocks)


def _leave_out_rest(soup: BeautifulSoup, blocks: Sequence[Block], reader: BlockReader) -> list[Block]:
    """Leaves out what stands beside the main part, but for the page's only title, which many put into a header."""
    rest = reader.read(soup)
    titles = [block for block in rest if isinstance(block, Heading) and block.level == 1]
    has_title = len(titles) == 1 and not any(isinstance(block, Heading) and block.level == 1 for block in blocks)
    if has_title and (heading := soup.find("h1")):
        heading.extract()
    left_out = LeftOut(PagePlace(PagePart.BESIDE_MAIN), read_cell(soup.children))
    return [*(titles if has_title else []), left_out]
