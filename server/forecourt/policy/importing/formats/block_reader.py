"""Reads a page's elements into blocks: headings, paragraphs, tables, lists, cards, and what is left out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from markdownify import ATX, MarkdownConverter

from forecourt.policy.importing.formats.cell_reader import class_names, read_cell, to_words
from forecourt.policy.importing.formats.html_tables import read_rows
from forecourt.policy.importing.formats.sanitizer import FALLBACK
from forecourt.policy.importing.page import (
    Block,
    Cell,
    Heading,
    Item,
    ItemList,
    LeftOut,
    Prose,
    Shape,
    Table,
)
from forecourt.policy.importing.page_place import PagePart, PagePlace

_BLOCKS = (
    "p div ul ol menu dl dt dd li section article header footer nav aside main address blockquote pre hr figure "
    "figcaption details summary center fieldset legend hgroup h1 h2 h3 h4 h5 h6 table title iframe"
)
_STRUCTURES = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "details", "pre", "iframe")
_LISTS = ("ul", "ol", "menu")
_CARDS = ("div", "section", "article", "a", "details", "figure", "aside")
_LEFT_OUT = {"nav": PagePart.MENU, "footer": PagePart.FOOTER, "title": PagePart.BROWSER_TITLE}
_RAW_HTML = re.compile(r"<[a-zA-Z/!](?![\w.+-]*[:@])")  # and no address in angle brackets


class BlockReader:
    """Reads elements into blocks.

    `line_attribute` holds an element's line. In a page that was Markdown it holds the first and last line of a block
    at the top, and `source_lines` is the page as it was written.
    """

    def __init__(self, line_attribute: str, source_lines: Sequence[str] = ()):
        self._line_attribute = line_attribute
        self._source_lines = source_lines
        self._level = 0
        self._list_depth = 0

    def read(self, container: Tag) -> list[Block]:
        """Returns the blocks of what is in the container."""
        blocks: list[Block] = []
        for is_inline, nodes in groupby(_without_gaps([*container.children]), key=_is_inline):
            if is_inline:
                blocks += self._read_inline([*nodes])
            else:
                blocks += self._read_blocks([node for node in nodes if isinstance(node, Tag)])
        return blocks

    def _read_blocks(self, elements: Sequence[Tag]) -> list[Block]:
        """Reads elements that stand beside each other. Those that are alike may be cards."""
        blocks: list[Block] = []
        for is_card, alike in groupby(_group_alike(elements), key=lambda group: len(group) > 1):
            for group in alike:
                blocks += self._read_cards(group) if is_card else self._read_block(group[0])
        return blocks

    def _read_block(self, element: Tag) -> list[Block]:
        if re.fullmatch("h[1-6]", element.name):
            return self._read_heading(element, int(element.name[1]))
        if element.name == "summary":
            return self._read_heading(element, min(self._level + 1, 6))
        reader = self._readers.get(element.name)
        return reader(self, element) if reader else self.read(element)

    def _read_heading(self, element: Tag, level: int) -> list[Block]:
        self._level = level
        inner_blocks = [child for child in element.children if not _is_inline(child)]
        nodes = [child for child in element.children if _is_inline(child)] if inner_blocks else [element]
        heading = Heading(level, read_cell(nodes), self.line_of(element))
        below = self._read_blocks([each for each in inner_blocks if isinstance(each, Tag)])
        return [*([heading] if heading.text else []), *below]

    def _read_inline(self, nodes: Sequence[PageElement]) -> list[Block]:
        cell = read_cell(nodes)
        if not cell.lines and not cell.asides:
            return []
        line = next((line for each in nodes if isinstance(each, Tag) and (line := self.line_of(each))), None)
        wrapper = Tag(name="p")
        wrapper.extend([*nodes])
        return self._to_prose(wrapper, cell, line)

    def _read_paragraph(self, element: Tag) -> list[Block]:
        if not all(map(_is_inline, element.children)):
            return self.read(element)
        cell = read_cell([element])
        return self._to_prose(element, cell, self.line_of(element)) if cell.lines or cell.asides else []

    def _to_prose(self, element: Tag, cell: Cell, line: int | None) -> list[Block]:
        text = self._to_markdown(element)
        return [Prose(text, cell, line, text if self._has_source(element) else "")] if text else []

    def _read_preformatted(self, element: Tag) -> list[Block]:
        cell = read_cell([element])
        for line_break in element.find_all("br"):
            line_break.replace_with("\n")
        text, line = element.get_text(), self.line_of(element)
        shown_cell = replace(Cell.from_text(text), asides=cell.asides)
        prose = Prose(self._to_markdown(element), shown_cell, line, text.strip("\n"))
        links = Cell.from_text("; ".join(map(str, cell.links)))
        place = PagePlace(PagePart.PREFORMATTED_LINKS, line=line or 0)
        left_out = [LeftOut(place, links, is_content=True)] if links.lines else []
        return [prose, *left_out] if text.strip() else []

    def _read_quote(self, element: Tag) -> list[Block]:
        if element.find((*_STRUCTURES, *_LISTS)):
            return self.read(element)
        cell = read_cell([element])
        return self._to_prose(element, cell, self.line_of(element)) if cell.lines else []

    def _read_table(self, element: Tag) -> list[Block]:
        rows = read_rows(element, self.line_of)
        caption = element.find("caption")
        return [Table((), tuple(rows), read_cell([caption]).text if caption else "", self.line_of(element))]

    def _read_list(self, element: Tag) -> list[Block]:
        line, has_structure = self.line_of(element), element.find(_STRUCTURES) is not None
        text = "" if has_structure or self._list_depth else self._to_markdown(element)
        prose = [Prose(text, read_cell([element]), line)] if text else []
        self._list_depth += not has_structure
        items = self._read_items(_wrap_loose_text(element))
        self._list_depth -= not has_structure
        blocks = [block for _, each in items for block in each] if has_structure else prose
        return [ItemList(Shape.LIST, tuple(item for item, _ in items), tuple(blocks), line)] if items else []

    def _read_items(self, elements: Iterable[Tag]) -> list[tuple[Item, list[Block]]]:
        items = []
        for element in elements:
            line, blocks = self.line_of(element), self.read(element)
            if blocks:
                items.append((_to_item(blocks, line), blocks))
        return items

    def _read_definitions(self, element: Tag) -> list[Block]:
        """Reads terms with what is said of them. As prose, a term stands in bold type."""
        items: list[Item] = []
        blocks: list[Block] = []
        for part in element.find_all(("dt", "dd")):
            line = self.line_of(part)
            if part.name == "dt":
                cell = read_cell([part])
                items.append(Item(cell, (), line))
                blocks.append(Prose(f"**{_escape(cell.text)}**", cell, line))
            else:
                below = self.read(part)
                blocks += below
                term = items.pop() if items else Item(Cell(), (), line)
                items.append(replace(term, body=(*term.body, *below)))
        return [ItemList(Shape.DEFINITIONS, tuple(items), tuple(blocks), self.line_of(element))]

    def _read_cards(self, elements: Sequence[Tag]) -> list[Block]:
        items: list[Item] = []
        blocks: list[Block] = []
        for element in elements:
            if card_blocks := self._read_block(element):
                items.append(_to_item(card_blocks, self.line_of(element)))
                blocks += card_blocks
        cards = ItemList(Shape.CARDS, tuple(items), tuple(blocks), self.line_of(elements[0]))
        return [cards] if len(items) > 1 else blocks

    def _leave_out(self, element: Tag) -> list[Block]:
        is_fallback = class_names(element).split() == [FALLBACK]
        part = PagePart.WITHOUT_SCRIPTS if is_fallback else _LEFT_OUT[element.name]
        place = PagePlace(part, line=self.line_of(element) or 0)
        left_out = LeftOut(place, read_cell([element]), is_fallback)
        return [left_out] if left_out.cell.lines or left_out.cell.asides else []

    def _leave_frame_out(self, element: Tag) -> list[Block]:
        address = to_words(str(element.get("src", "")))
        place = PagePlace(PagePart.FRAME, line=self.line_of(element) or 0)
        return [LeftOut(place, Cell.from_text(address), is_content=True)] if address else []

    def line_of(self, element: Tag) -> int | None:
        number = str(element.get(self._line_attribute, "")).partition("-")[0]
        return int(number) if number.isdecimal() else None

    def _to_markdown(self, element: Tag) -> str:
        """Returns the element as it was written, where it was written in Markdown only."""
        source = self._source_of(element)
        return (source or _MARKDOWN.convert_soup(element)).strip("\n")

    def _has_source(self, element: Tag) -> bool:
        return bool(self._source_of(element))

    def _source_of(self, element: Tag) -> str:
        first, _, last = str(element.get(self._line_attribute, "")).partition("-")
        source = "\n".join(self._source_lines[int(first) - 1 : int(last)]) if last.isdecimal() else ""
        return "" if _RAW_HTML.search(source) else source

    _readers: Mapping[str, Callable[["BlockReader", Tag], list[Block]]] = {
        "p": _read_paragraph,
        "pre": _read_preformatted,
        "blockquote": _read_quote,
        "table": _read_table,
        "dl": _read_definitions,
        "nav": _leave_out,
        "footer": _leave_out,
        "title": _leave_out,
        "iframe": _leave_frame_out,
    } | dict.fromkeys(_LISTS, _read_list)


class _ProseConverter(MarkdownConverter):
    """Writes prose as Markdown. Of a picture it keeps the text."""

    def convert_img(self, element: Tag, *_: Any, **__: Any) -> str:
        return _escape(to_words(str(element.get("alt", ""))))


_MARKDOWN = _ProseConverter(heading_style=ATX, bullets="-", newline_style="backslash")


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def _is_inline(node: PageElement) -> bool:
    if isinstance(node, Tag):
        return node.name not in _BLOCKS.split() and node.find(_BLOCKS.split()) is None
    return type(node) is NavigableString


def _wrap_loose_text(element: Tag) -> list[Tag]:
    """Returns the items of a list; what stands between them is one, too."""
    items: list[Tag] = []
    for is_item, nodes in groupby([*element.children], key=lambda node: isinstance(node, Tag) and not _is_inline(node)):
        if is_item:
            items += [node for node in nodes if isinstance(node, Tag)]
        else:
            wrapper = Tag(name="li")
            wrapper.extend([*nodes])
            items.append(wrapper)
    return items


def _without_gaps(nodes: Sequence[PageElement]) -> list[PageElement]:
    """Leaves out the white space between blocks, which would part what stands side by side."""
    is_gap = [not isinstance(node, Tag) and not str(node).strip() for node in nodes]
    is_inside = [
        0 < index < len(nodes) - 1 and _is_inline(nodes[index - 1]) and _is_inline(nodes[index + 1])
        for index in range(len(nodes))
    ]
    return [node for index, node in enumerate(nodes) if not is_gap[index] or is_inside[index]]


def _group_alike(elements: Iterable[Tag]) -> list[list[Tag]]:
    """Returns the elements in groups: neighbours of one name and one class at least, and each other by itself."""
    groups: list[list[Tag]] = []
    for element in elements:
        if groups and _are_alike(groups[-1][-1], element):
            groups[-1].append(element)
        else:
            groups.append([element])
    return groups


def _are_alike(one: Tag, other: Tag) -> bool:
    names, other_names = set(class_names(one).split()), set(class_names(other).split())
    return one.name == other.name and one.name in _CARDS and bool(names & other_names or names == other_names)


def _to_item(blocks: Sequence[Block], line: int | None) -> Item:
    first = blocks[0]
    if isinstance(first, Heading | Prose):
        return Item(first.cell, tuple(blocks[1:]), line or first.line)
    return Item(Cell(), tuple(blocks), line)
