"""Lists what of a page is neither in the draft nor in any list: the last net below everything that reads a page."""

import re
from collections.abc import Iterable, Iterator

from forecourt.policy.importing import dates
from forecourt.policy.importing.companies.common_words import is_common
from forecourt.policy.importing.facts_in_text import find_facts
from forecourt.policy.importing.ledger import Ledger
from forecourt.policy.importing.page import Block, Cell, Heading, ItemList, LeftOut, Page, Prose, Table
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.remark_values import shorten

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LETTERS_AT_LEAST = 3  # of a word that says something


def list_lost_text(page: Page, language: str, ledger: Ledger, texts: Iterable[str]) -> None:
    """Lists each line of the page that has a word which is in none of `texts`, and in nothing that the ledger knows."""
    known_texts = (*texts, *ledger.texts)
    known_words, known_text = {word for text in known_texts for word in _find_words(text)}, "\n".join(known_texts)
    for line, text in dict.fromkeys(_find_lines(page, language)):
        words = _find_words(text)
        lost_words = [word for word in words if word not in known_words and len(word) >= _LETTERS_AT_LEAST]
        is_lost = len(lost_words) == len(words) > 0 or not all(map(is_common, lost_words))
        if is_lost or _has_lost_day(text, language, known_text):
            place = PagePlace(PagePart.LINE, line=line) if line else PagePlace(PagePart.PAGE)
            ledger.miss(place, remark(RemarkKind.LOST_TEXT, text=shorten(text)))
            known_words |= set(words)


def _has_lost_day(text: str, language: str, known_text: str) -> bool:
    """Returns whether a line names a day, and all that is known does not have its year."""
    years = set(_YEAR.findall(text))
    return any(year not in known_text for year in years) and bool(dates.find_dates(text, language))


def _find_words(text: str) -> list[str]:
    """Returns the words of a text in small letters, also of several that are written as one, as `ServersNorway`."""
    words = re.findall(
        r"[^\W_¹²³⁰⁴-⁹]+", re.sub(r"(?!(?<=Gmb)H)(?<=[^\W\d_A-Z])(?=[A-ZÆØÅÄÖÜ])|(?<=GmbH)(?=[A-Z])", " ", text)
    )
    return [word.casefold() for word in words if not word.isdecimal()]


def _find_lines(page: Iterable[Block], language: str) -> Iterator[tuple[int | None, str]]:
    """Yields the lines of a page, what hangs on them, and where they stand."""
    blocks = [*reversed([*page])]
    while blocks:
        block = blocks.pop()
        if isinstance(block, Prose) and block.source:
            for offset, text in enumerate(block.source.split("\n")):
                yield block.line and block.line + offset, text
            yield from ((block.line, each.text) for each in block.cell.asides)
        elif isinstance(block, Heading | Prose):
            yield from _find_texts(block.cell, block.line)
        elif isinstance(block, Table):
            yield block.line, block.caption
            for row in block.rows:
                yield from ((line, text) for cell in row.cells for line, text in _find_texts(cell, row.line))
        elif isinstance(block, LeftOut):
            yield block.place.line, block.text if block.is_content else find_facts(block.cell, language)
        elif isinstance(block, ItemList):
            for item in reversed(block.items):
                blocks += [*reversed(item.body), Prose("", item.cell, item.line or block.line)]


def _find_texts(cell: Cell, line: int | None) -> Iterator[tuple[int | None, str]]:
    yield from ((line, each.text) for each in cell.lines)
    yield from ((line, each.text) for each in cell.asides)
