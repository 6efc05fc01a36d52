"""Finds headings that are companies: what stands below each is what is said of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from forecourt.policy.importing.companies import topics
from forecourt.policy.importing.companies.candidates import Context, Group
from forecourt.policy.importing.companies.company_names import NameSign, has_legal_form, is_common_phrase
from forecourt.policy.importing.companies.item_reader import Candidate, ItemReader, flatten_item
from forecourt.policy.importing.companies.labels import is_label
from forecourt.policy.importing.companies.surroundings import Surroundings
from forecourt.policy.importing.page import Block, Cell, Heading, Item, ItemList, Prose, Shape, Table

_BOLD_LEVEL = 7  # of a paragraph in bold type, and of a numbered item with a list of its own
_NAME_AT_MOST = 80  # characters
_LINES_AT_MOST = 40
_TEXT_AT_MOST = 1500  # characters below a heading that names no fields


@dataclass(frozen=True)
class HeadedBlocks:
    """Holds a heading with what stands below it: the blocks from `start` to before `end`."""

    start: int
    end: int
    level: int
    cell: Cell
    line: int | None
    parent: int  # the start of the heading above, or -1

    @property
    def text(self) -> str:
        return self.cell.text


def find_headed_blocks(blocks: Sequence[Block]) -> list[HeadedBlocks]:
    """Returns each heading, each paragraph in bold type and each numbered item that stand over other blocks."""
    heads = [(index, *head) for index in range(len(blocks)) if (head := _to_head(blocks, index))]
    head_blocks: list[HeadedBlocks] = []
    open_heads: list[tuple[int, int]] = []
    for position, (index, level, cell, line) in enumerate(heads):
        following = (start for start, other_level, *_ in heads[position + 1 :] if other_level <= level)
        open_heads = [each for each in open_heads if each[1] < level]
        parent = open_heads[-1][0] if open_heads else -1
        head_blocks.append(HeadedBlocks(index, next(following, len(blocks)), level, cell, line, parent))
        open_heads.append((index, level))
    return head_blocks


def _to_head(blocks: Sequence[Block], index: int) -> tuple[int, Cell, int | None] | None:
    block = blocks[index]
    if isinstance(block, Heading):
        return block.level, block.cell, block.line
    if isinstance(block, Prose) and len(block.cell.lines) == 1:
        [line] = block.cell.lines
        is_sentence = line.text[-1] in ".:" and not has_legal_form(line.text)
        is_title = line.lead == line.text and len(line.text) <= _NAME_AT_MOST and not is_sentence
        return (_BOLD_LEVEL, block.cell, block.line) if is_title else None
    if isinstance(block, ItemList) and len(block.items) == 1 and index + 1 < len(blocks):
        [item] = block.items
        is_alone = not item.body and len(item.cell.lines) == 1 and isinstance(blocks[index + 1], ItemList)
        return (_BOLD_LEVEL, item.cell, item.line) if is_alone else None
    return None


@dataclass(frozen=True)
class HeadedCompany:
    """Holds a heading that is a company, with the blocks below that say something of it."""

    blocks: HeadedBlocks
    candidate: Candidate
    context: Context


class HeadedFinder:
    """Finds the headings of a page that are companies."""

    def __init__(self, reader: ItemReader, blocks: Sequence[Block]):
        self._reader = reader
        self._blocks = blocks
        self._headed = find_headed_blocks(blocks)

    def find(self) -> dict[int, HeadedCompany]:
        """Returns the companies by where their heading stands."""
        contexts = self._find_contexts()
        companies: dict[int, HeadedCompany] = {}
        by_parent = sorted(self._headed, key=lambda each: (each.parent, each.level))
        for _, members in groupby(by_parent, key=lambda each: (each.parent, each.level)):
            siblings = list(members)
            context = max(contexts[each.start] for each in siblings)
            companies |= {each.blocks.start: each for each in self._choose(siblings, context)}
        return companies

    def _find_contexts(self) -> dict[int, Context]:
        surroundings, contexts = Surroundings(self._blocks), {}
        heads = {each.start: each for each in self._headed}
        for index, block in enumerate(self._blocks):
            if index in heads:
                contexts[index] = surroundings.context_above(heads[index].level)
            surroundings.pass_by(block)
        return contexts

    def _choose(self, siblings: Sequence[HeadedBlocks], context: Context) -> Iterator[HeadedCompany]:
        trimmed = [self._trim(each, siblings) for each in siblings]
        candidates = [(each, candidate) for each in trimmed if (candidate := self._read(each))]
        names = [candidate for _, candidate in candidates if candidate.sign >= NameSign.NAME]
        for head_blocks, candidate in candidates:
            if _is_company(candidate, context, len(names), len(candidates)):
                yield HeadedCompany(head_blocks, candidate, context)

    def _read(self, head_blocks: HeadedBlocks) -> Candidate | None:
        """Returns what the heading and its blocks say, where they may be a company."""
        body = self._blocks[head_blocks.start + 1 : head_blocks.end]
        is_topic = topics.is_about_companies(head_blocks.text) or topics.is_general(head_blocks.text)
        if is_topic or self._has_parts(head_blocks):
            return None
        if any(isinstance(block, Table) and _is_wide(block) for block in body):
            return None
        cell = flatten_item(Item(head_blocks.cell, tuple(body)), Shape.HEADINGS)
        candidates = self._reader.read(cell, head_blocks.line)
        if len(candidates) != 1 or len(cell.lines) > _LINES_AT_MOST or candidates[0].sign < NameSign.WEAK:
            return None
        is_long = len(cell.text) > _TEXT_AT_MOST and not candidates[0].labels
        return None if is_long or self._lists_companies(body) else candidates[0]

    def _has_parts(self, head_blocks: HeadedBlocks) -> bool:
        """Returns whether headings stand below this one that are more than the names of its fields."""
        inner = [each.text.rstrip(" :") for each in self._headed if head_blocks.start < each.start < head_blocks.end]
        is_certain = self._reader.judge(head_blocks.text) is NameSign.SURE
        return not all(is_label(text) or (is_certain and is_common_phrase(text)) for text in inner)

    def _lists_companies(self, body: Sequence[Block]) -> bool:
        """Returns whether a list stands below the heading whose items are companies themselves."""
        for block in body:
            if isinstance(block, ItemList) and len(block.items) > 1:
                items = tuple(tuple(self._reader.read(flatten_item(each, block.shape), None)) for each in block.items)
                named = [item for item in items if item and item[0].sign >= NameSign.NAME]
                if len(named) > len(items) / 2 and Group(block.shape, items, Context.GROUP).is_companies():
                    return True
        return False

    def _trim(self, head_blocks: HeadedBlocks, siblings: Sequence[HeadedBlocks]) -> HeadedBlocks:
        """Returns the last of its siblings without what stands below them all: no more blocks than others have."""
        if head_blocks is not siblings[-1]:
            return head_blocks
        counts = [each.end - each.start - 1 for each in siblings[:-1]]
        count = max(counts) if counts else self._count_labelled(head_blocks)
        return replace(head_blocks, end=min(head_blocks.end, head_blocks.start + 1 + count))

    def _count_labelled(self, head_blocks: HeadedBlocks) -> int:
        """Returns how many blocks below an only heading belong to it: up to the last with a field, or one."""
        body = self._blocks[head_blocks.start + 1 : head_blocks.end]
        cells = [flatten_item(Item(Cell((each,))), Shape.HEADINGS) for each in head_blocks.cell.lines[:1]]
        count = 1
        for length in range(1, min(len(body), _LINES_AT_MOST) + 1):
            block_cell = flatten_item(Item(cells[0] if cells else Cell(), (body[length - 1],)), Shape.HEADINGS)
            if any(each.labels for each in self._reader.read(block_cell, None)):
                count = length
        return count


def _is_company(candidate: Candidate, context: Context, names: int, candidates: int) -> bool:
    """Decides by the name, the fields, and how many of its neighbours look like companies."""
    if context is Context.NONE:
        return candidate.labels > 1 and (candidates > 1 or candidate.sign is NameSign.SURE)
    if candidate.sign is NameSign.WEAK:
        return candidate.labels > 1 or (names > 1 and 2 * names >= candidates)
    return candidate.sign is NameSign.SURE or candidate.labels > 0 or names > 1


def _is_wide(table: Table) -> bool:
    return max((len(row.cells) for row in table.rows), default=0) > 2
