"""Follows the headings and the sentence above a block, and says what they announce."""

import re
from collections.abc import Sequence

from forecourt.policy.importing.companies import topics
from forecourt.policy.importing.companies.candidates import Context
from forecourt.policy.importing.companies.name_splitter import is_places
from forecourt.policy.importing.page import Block, Heading, LeftOut, Metadata, Prose
from forecourt.policy.importing.page_place import PagePart

_LOCATED = re.compile(r"\b(?:located|based|hosted|headquartered|plassert|basert|ansässig|situés|ubicados) (.+?)[:.]?$")
_PREPOSITION = re.compile(
    r"^(?:(?:in|i|im|en|dans|aux|au|à|within|innenfor)\s+)?(?:(?:the|der|den|la|les)\s+)?", re.IGNORECASE
)
_TITLE_AT_MOST = 120  # characters
_TITLES_LOOKED_AT = 3  # blocks from the top that may be the page's title


class Surroundings:
    """Remembers what stands above the block that comes next."""

    def __init__(self, page: Sequence[Block]):
        self._is_about_subprocessors = any(map(topics.is_about_subprocessors, _find_titles(page)))
        self._headings: list[Heading] = []
        self._sentence = ""

    def pass_by(self, block: Block) -> None:
        self._sentence = ""
        if isinstance(block, Heading):
            self._headings = [each for each in self._headings if each.level < block.level]
            self._headings.append(block)
        elif isinstance(block, Prose):
            last_line = block.cell.lines[-1].text if block.cell.lines else ""
            self._sentence = re.split(r"(?<=[.!?])\s+", last_line)[-1]

    @property
    def context(self) -> Context:
        headings = [heading.text for heading in self._headings]
        if topics.is_about_companies(self._sentence) and not topics.is_general(self._sentence):
            return Context.GROUP
        if any(map(topics.is_general, headings)):
            return Context.NONE
        if headings and topics.is_about_companies(headings[-1]):
            return Context.GROUP
        is_below = any(map(topics.is_about_companies, headings))
        return Context.PAGE if is_below or self._is_about_subprocessors else Context.NONE

    def find_place(self, language: str) -> str:
        """Returns the places that the sentence or the heading above gives to all that follows."""
        texts = [match[1] for match in _LOCATED.finditer(self._sentence)]
        texts += [heading.text for heading in self._headings[-1:]]
        places = (_PREPOSITION.sub("", text).strip(" :.") for text in texts)
        return next((place for place in places if is_places(place, language)), "")

    def context_above(self, level: int) -> Context:
        """Returns what stands above a heading of this level announces."""
        above = Surroundings(())
        above._is_about_subprocessors = self._is_about_subprocessors
        above._headings = [each for each in self._headings if each.level < level]
        above._sentence = self._sentence if not self._headings or self._headings[-1].level < level else ""
        return above.context


def _find_titles(page: Sequence[Block]) -> list[str]:
    """Returns what may be the page's title: the browser's, the first heading, or what stands first on the page."""
    texts = [each.cell.text for each in page if isinstance(each, LeftOut) and each.place.part is PagePart.BROWSER_TITLE]
    texts += [block.title for block in page if isinstance(block, Metadata)]
    texts += [block.text for block in page if isinstance(block, Heading)][:1]
    first_blocks = [block for block in page if isinstance(block, Prose)][:_TITLES_LOOKED_AT]
    texts += [block.cell.lines[0].text for block in first_blocks if block.cell.lines]
    return [text for text in texts if len(text) <= _TITLE_AT_MOST]
