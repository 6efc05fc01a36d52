"""Reads Markdown (CommonMark with GitHub's tables) as a page. Raw HTML stays text."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.page import ROWS_AT_MOST, Block, Heading, Page, Prose, Table, TableRow, find_tables

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)  # the one tag that people write into cells


def parse_markdown(text: str) -> Page:
    """Reads Markdown. Raises `PolicyBroken` where it has too many rows."""
    page = tuple(_parse_blocks(_MARKDOWN.parse(text), re.split(r"\r\n|\r|\n", text)))
    if (rows := sum(len(table.rows) for table in find_tables(page))) > ROWS_AT_MOST:
        raise PolicyBroken([f"It has {rows} rows; import takes {ROWS_AT_MOST} at most."])
    return page


def _parse_blocks(tokens: Sequence[Token], lines: list[str]) -> Iterator[Block]:
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        if token.type == "heading_open":
            yield Heading(int(token.tag[1]), _inline_text(tokens[index + 1]))
        elif token.type == "table_open":
            headings, *rows = _parse_rows(tokens, index)
            yield Table(headings.cells, tuple(rows))
        elif token.type != "hr":
            yield Prose("\n".join(lines[slice(*token.map)]).strip("\n"))


def _parse_rows(tokens: Sequence[Token], index: int) -> Iterator[TableRow]:
    cells: list[str] = []
    line = None
    for token in tokens[index:]:
        if token.type == "tr_open":
            cells, line = [], token.map[0] + 1 if token.map else None
        elif token.type == "inline":
            cells.append(_inline_text(token))
        elif token.type == "tr_close":
            yield TableRow(tuple(cells), line)
        elif token.type == "table_close":
            return


def _inline_text(inline: Token) -> str:
    text = "".join(_token_text(child) for child in inline.children or ())
    return "; ".join(filter(None, (" ".join(part.split()) for part in _BREAK.split(text))))


def _token_text(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content
