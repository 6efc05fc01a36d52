"""Takes prose apart into the lines in which it was written, and puts lines together to prose again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from forecourt.policy.importing.formats.cell_reader import read_cell
from forecourt.policy.importing.page import Cell, Prose

_INLINE = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class TextLine:
    """Holds one line of a paragraph. `paragraph` is the paragraph's place among its neighbours."""

    text: str
    cell: Cell | None  # None where the text is Markdown
    line: int | None
    paragraph: int

    def read_cell(self, text: str | None = None) -> Cell:
        """Returns what the line shows, or a part of it."""
        shown_text = self.text if text is None else text
        if self.cell is not None:
            return self.cell if text is None else Cell.from_text(shown_text)
        return read_cell(BeautifulSoup(_INLINE.renderInline(shown_text.strip()), "html.parser").children)


def split_lines(paragraphs: Sequence[Prose]) -> list[TextLine]:
    return [line for number, each in enumerate(paragraphs) for line in _split_paragraph(each, number)]


def _split_paragraph(paragraph: Prose, number: int) -> Iterator[TextLine]:
    if not paragraph.source:
        for line in paragraph.cell.lines:
            yield TextLine(
                line.text, Cell((line,), paragraph.cell.links, paragraph.cell.asides), paragraph.line, number
            )
        return
    for offset, text in enumerate(paragraph.source.split("\n")):
        if text.strip():
            yield TextLine(text, None, paragraph.line + offset if paragraph.line else None, number)


def join_lines(lines: Sequence[TextLine], paragraphs: Sequence[Prose]) -> list[Prose]:
    """Returns the paragraphs of which these lines are left. One of which all are left is as it was."""
    joined: list[Prose] = []
    for number, group in groupby(lines, key=lambda each: each.paragraph):
        remaining_lines, paragraph = list(group), paragraphs[number]
        if len(remaining_lines) == len(list(_split_paragraph(paragraph, number))):
            joined.append(paragraph)
        else:
            text = "\n".join(each.text for each in remaining_lines)
            cells = [each.read_cell() for each in remaining_lines]
            cell = Cell(tuple(line for each in cells for line in each.lines))
            joined.append(Prose(text, cell, remaining_lines[0].line, text if paragraph.source else ""))
    return joined
