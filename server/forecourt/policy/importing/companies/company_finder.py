"""Finds the companies of a page that stand in no table: in lists, cards, terms and below headings."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from forecourt.policy.importing.companies.candidates import Group, to_table
from forecourt.policy.importing.companies.company_names import NameSign
from forecourt.policy.importing.companies.guessed_headings import are_companies, guess_headings
from forecourt.policy.importing.companies.headed_companies import HeadedCompany, HeadedFinder
from forecourt.policy.importing.companies.item_reader import ItemReader, flatten_item
from forecourt.policy.importing.companies.labels import find_group_labels, is_label, join_cells, join_records
from forecourt.policy.importing.companies.surroundings import Surroundings
from forecourt.policy.importing.companies.text_companies import TextCompanies
from forecourt.policy.importing.companies.text_lines import TextLine, split_lines
from forecourt.policy.importing.companies.text_tables import TextTableFinder
from forecourt.policy.importing.evidence import CompanySign, Evidence, Sureness
from forecourt.policy.importing.keys import to_letters
from forecourt.policy.importing.ledger import Ledger
from forecourt.policy.importing.page import (
    Block,
    Cell,
    Heading,
    ItemList,
    LeftOut,
    Page,
    Prose,
    Shape,
    Table,
    find_tables,
)
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.remark_values import shorten
from forecourt.policy.importing.tables.columns import Column, to_column
from forecourt.policy.importing.tables.table_headings import settle_headings

_ADDRESS = re.compile(r"\S*[/@]\S*|\w+\.\w\S*")
_TEXT_EVIDENCE = Evidence(Sureness.LIKELY, (CompanySign.TEXT_TABLE,))
_CATEGORY_LEVEL = 6
_CATEGORY_AT_MOST = 80  # characters
_ROW_AT_MOST = 100  # characters of a line that may be a row


class CompanyFinder:
    """Turns what plainly lists companies into tables, and leaves everything else as headings, prose and tables.

    `known_names` are the letters of companies that the draft has already.
    """

    def __init__(self, language: str, ledger: Ledger, known_names: Collection[str] = ()):
        self._language = language
        self._ledger = ledger
        self._known_names = known_names
        self._small_words: Collection[str] = ()
        self._counts: Counter[Shape] = Counter()
        self._names_in_tables: set[str] = set()

    def find(self, page: Page) -> Page:
        """Returns the page as headings, prose and tables whose headings are settled."""
        self._small_words = _find_small_words(page)
        blocks = self._settle(page)
        self._remember_tables(blocks)
        blocks = [*self._open_cards(blocks, Surroundings(blocks))]
        blocks = [*self._replace_text(self._replace_headed(blocks))]
        self._remember_tables(blocks)
        return tuple(self._replace_lists(blocks, Surroundings(blocks)))

    def _settle(self, blocks: Iterable[Block]) -> list[Block]:
        settled: list[Block] = []
        for block in blocks:
            if isinstance(block, Table) and not block.number:
                self._counts[Shape.TABLE] += 1
                settled += settle_headings(block, self._counts[Shape.TABLE])
            else:
                settled.append(block)
        return settled

    def _remember_tables(self, blocks: Sequence[Block]) -> None:
        for table in find_tables(tuple(blocks)):
            positions = [index for index, text in enumerate(table.headings) if to_column(text) is Column.ENTITY]
            self._names_in_tables |= {
                to_letters(row.texts[index]) for row in table.rows for index in positions if index < len(row.cells)
            }

    def _open_cards(self, blocks: Iterable[Block], surroundings: Surroundings) -> Iterator[Block]:
        """Yields cards that are companies as a table, and others as the blocks they are."""
        for block in blocks:
            if isinstance(block, ItemList) and self._is_stacked(block):
                yield from block.blocks
            elif not isinstance(block, ItemList) or block.shape is not Shape.CARDS:
                surroundings.pass_by(block)
                yield block
            elif table := self._to_table(block, surroundings):
                surroundings.pass_by(table)
                yield table
            elif self._repeats_table(block, surroundings):
                cells = [flatten_item(item, block.shape) for item in block.items]
                place = block.shape.place(self._counts[block.shape], line=block.line)
                yield LeftOut(place, join_cells(cells), is_content=True)
            else:
                yield from self._open_cards(self._settle(block.blocks), surroundings)

    def _replace_headed(self, blocks: Sequence[Block]) -> list[Block]:
        """Returns the blocks with a table in place of each run of headings that are companies."""
        headed = HeadedFinder(self._reader([]), blocks).find()
        replaced: list[Block] = []
        run: list[HeadedCompany] = []
        left_out: list[Block] = []
        index = 0
        while index < len(blocks):
            if company := headed.get(index):
                run.append(company)
                left_out += [each for each in blocks[index : company.blocks.end] if isinstance(each, LeftOut)]
                index = company.blocks.end
                if index in headed:
                    continue
                replaced += [*self._to_headed_table(run, replaced), *left_out]
                run, left_out = [], []
            else:
                replaced.append(blocks[index])
                index += 1
        return replaced

    def _to_headed_table(self, run: Sequence[HeadedCompany], above: Sequence[Block]) -> list[Block]:
        """Returns the run as a table. Where it stood beside other headings, it begins a section without a title."""
        level = run[0].blocks.level
        last_heading = next((block for block in reversed(above) if isinstance(block, Heading)), None)
        self._counts[Shape.HEADINGS] += 1
        items = tuple((each.candidate,) for each in run)
        group = Group(Shape.HEADINGS, items, run[0].context, run[0].blocks.line)
        is_beside = last_heading is not None and last_heading.level >= level
        return [
            *([Heading(level, Cell(), run[0].blocks.line)] if is_beside else []),
            to_table(group, self._counts[Shape.HEADINGS]),
        ]

    def _replace_text(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """Yields the blocks, with a table in place of lines of text that are one, or that name companies."""
        surroundings = Surroundings(blocks)
        for is_text, group in groupby(blocks, key=lambda block: isinstance(block, Prose)):
            neighbours = [*group]
            for block in self._read_text(neighbours, surroundings) if is_text else neighbours:
                surroundings.pass_by(block)
                yield block

    def _read_text(self, blocks: Sequence[Block], surroundings: Surroundings) -> list[Block]:
        paragraphs = [block for block in blocks if isinstance(block, Prose)]
        place = surroundings.find_place(self._language)
        read: list[Block] = []
        for part in TextCompanies(paragraphs, self._reader([]), surroundings.context, place).find():
            if isinstance(part, Prose):
                read.append(part)
            elif isinstance(part, TextLine):
                self._list_line(part)
            else:
                read += self._number_text(part)
        return read

    def _number_text(self, companies: Table | Group) -> list[Block]:
        self._counts[Shape.TEXT] += 1
        number = self._counts[Shape.TEXT]
        if isinstance(companies, Group):
            return [to_table(companies, number)]
        return [*map(_with_evidence, settle_headings(companies, number))]

    def _list_line(self, line: TextLine) -> None:
        """Lists the line at which a table of text ended within its paragraph."""
        if len(line.text) > _ROW_AT_MOST:
            return
        place = Shape.TEXT.place(self._counts[Shape.TEXT], line=line.line)
        self._ledger.miss(place, remark(RemarkKind.MAY_BE_ROW, text=line.text.strip()))

    def _guess(self, block: Block, surroundings: Surroundings) -> Block:
        """Returns the block, or a table with headings that it lacks."""
        if not isinstance(block, Table):
            return block
        reader = self._reader([])
        if not are_companies(block, reader):
            return replace(block, names_companies=False)
        return guess_headings(block, reader, surroundings.context) or block

    def _replace_lists(self, blocks: Iterable[Block], surroundings: Surroundings) -> Iterator[Block]:
        for block in blocks:
            if not isinstance(block, ItemList):
                yield self._guess(block, surroundings)
                surroundings.pass_by(block)
            elif table := self._to_table(block, surroundings):
                surroundings.pass_by(table)
                yield table
            elif _is_of_categories(block) and (categories := self._open_categories(block, surroundings)):
                yield from categories
            else:
                yield from self._replace_lists(self._settle(block.blocks or [_to_prose(block)]), surroundings)

    def _open_categories(self, block: ItemList, surroundings: Surroundings) -> list[Block]:
        """Returns headings with a table each, where the items of a list are lists of companies; else nothing."""
        opened: list[Block] = []
        for item in block.items:
            nested = [each for each in item.body if isinstance(each, ItemList)]
            tables = [table for each in nested if (table := self._to_table(each, surroundings))]
            if not tables or len(tables) < len(item.body):
                return []
            title = item.cell if len(item.cell.text) <= _CATEGORY_AT_MOST else Cell()
            opened += [Heading(_CATEGORY_LEVEL, _without_colon(title), item.line)]
            opened += [] if title.lines else [Prose(item.cell.text, item.cell, item.line)]
            opened += tables
        for opened_block in opened:
            surroundings.pass_by(opened_block)
        return opened

    def _to_table(self, block: ItemList, surroundings: Surroundings) -> Table | None:
        """Returns the items as a table, where they plainly are companies, and lists those that may be."""
        group = self._read_group(block, surroundings)
        self._counts[block.shape] += 1
        names = [to_letters(each.name) for item in group.items for each in item if each.sign >= NameSign.WEAK]
        if names and self._names_in_tables.issuperset(names):
            return None  # a table of contents
        if group.is_companies():
            self._list_others(group, block)
            return to_table(group, self._counts[block.shape])
        for index, item in enumerate(group.items, 1):
            for candidate in filter(group.may_be_company, item):
                self._miss(block.shape, index, candidate.line, RemarkKind.LOOKS_LIKE_COMPANY, candidate.text)
        return None

    def _is_stacked(self, block: ItemList) -> bool:
        """Returns whether the items are cells: headings first, then row by row."""
        if any(item.body for item in block.items) or not is_label(block.items[0].cell.text):
            return False
        lines = split_lines([Prose("", item.cell, item.line) for item in block.items])
        return TextTableFinder(lines, self._reader([]).judge, self._language).find(0) is not None

    def _repeats_table(self, block: ItemList, surroundings: Surroundings) -> bool:
        """Returns whether cards say for a narrow screen what a table says for a wide one."""
        items = self._read_group(block, surroundings).items
        names = [to_letters(each.name) for item in items for each in item if each.sign >= NameSign.WEAK]
        return len(names) == len(block.items) and self._names_in_tables.issuperset(names)

    def _read_group(self, block: ItemList, surroundings: Surroundings) -> Group:
        cells = join_records([flatten_item(item, block.shape) for item in block.items])
        lines = [item.line for item in block.items] if len(cells) == len(block.items) else [block.line] * len(cells)
        reader = self._reader(cells)
        items = tuple(tuple(reader.read(cell, line)) for cell, line in zip(cells, lines, strict=True))
        place = surroundings.find_place(self._language)
        return Group(block.shape, items, surroundings.context, block.line, place)

    def _reader(self, cells: Sequence[Cell]) -> ItemReader:
        return ItemReader(self._language, self._small_words, self._known_names, find_group_labels(cells))

    def _list_others(self, group: Group, block: ItemList) -> None:
        """Lists the items of a list of companies that are none."""
        for index, (item, source) in enumerate(zip(group.items, block.items, strict=False), 1):
            if not any(candidate.sign >= NameSign.WEAK for candidate in item):
                text = flatten_item(source, block.shape).text
                self._miss(block.shape, index, source.line, RemarkKind.LOOKS_LIKE_NO_COMPANY, text)

    def _miss(self, shape: Shape, index: int, line: int | None, kind: RemarkKind, text: str) -> None:
        self._ledger.miss(shape.place(self._counts[shape], index, line), remark(kind, text=shorten(text)))


def _find_small_words(page: Page) -> frozenset[str]:
    """Returns the words that the page has in small letters: they are no names. Addresses are left aside."""
    words: set[str] = set()
    stack = [*page]
    while stack:
        block = stack.pop()
        texts: Iterable[str] = ()
        if isinstance(block, Prose):
            texts = (line.text for line in block.cell.lines)
        elif isinstance(block, ItemList):
            stack += [*block.blocks, *(inner for item in block.items for inner in item.body)]
            texts = (item.cell.text for item in block.items)
        elif isinstance(block, Table):
            texts = (text for row in block.rows for text in row.texts)
        for text in texts:
            words.update(re.findall(r"\b[^\W\d_A-Z]{3,}\b", _ADDRESS.sub(" ", text)))
    return frozenset(words)


def _with_evidence(block: Block) -> Block:
    """Returns a table of text whose rows say how sure they are."""
    if not isinstance(block, Table) or not block.headings:
        return block
    rows = tuple(row if row.evidence else replace(row, evidence=_TEXT_EVIDENCE) for row in block.rows)
    return replace(block, rows=rows)


def _is_of_categories(block: ItemList) -> bool:
    return all(any(isinstance(each, ItemList) for each in item.body) for item in block.items)


def _without_colon(cell: Cell) -> Cell:
    return Cell.from_text(cell.text.rstrip(" :")) if cell.text.endswith(":") else cell


def _to_prose(block: ItemList) -> Prose:
    cells = [flatten_item(item, block.shape) for item in block.items]
    lines = tuple(line for cell in cells for line in cell.lines)
    return Prose("\n".join(f"- {cell.text}" for cell in cells), Cell(lines), block.line)
