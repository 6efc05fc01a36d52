"""Lists lines of prose that look like companies, on a page about subprocessors on which none was found."""

from collections.abc import Sequence

from forecourt.policy.importing.companies.candidates import Context
from forecourt.policy.importing.companies.company_names import NameSign
from forecourt.policy.importing.companies.item_reader import ItemReader
from forecourt.policy.importing.companies.surroundings import Surroundings
from forecourt.policy.importing.companies.text_lines import TextLine, split_lines
from forecourt.policy.importing.ledger import Ledger
from forecourt.policy.importing.page import Block, Cell, Prose
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.remark import RemarkKind, remark

_LINE_AT_MOST = 100  # characters


def list_name_lines(page: Sequence[Block], language: str, ledger: Ledger) -> None:
    reader, surroundings = ItemReader(language), Surroundings(page)
    for block in page:
        if isinstance(block, Prose) and surroundings.context is not Context.NONE:
            for line in split_lines([block]):
                _list_line(line, reader, ledger)
        surroundings.pass_by(block)


def _list_line(line: TextLine, reader: ItemReader, ledger: Ledger) -> None:
    cell = line.read_cell()
    if 0 < len(cell.text) <= _LINE_AT_MOST and _names_companies(cell, reader):
        place = PagePlace(PagePart.LINE, line=line.line) if line.line else PagePlace(PagePart.PAGE)
        ledger.miss(place, remark(RemarkKind.LOOKS_LIKE_COMPANY, text=cell.text))


def _names_companies(cell: Cell, reader: ItemReader) -> bool:
    names = reader.split_names(cell.text) or [each.name for each in reader.read(cell, None)]
    return bool(names) and all(reader.judge(name) >= NameSign.NAME for name in names)
