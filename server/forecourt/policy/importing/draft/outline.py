"""Decides what of a page becomes its title, its summary and its sections, with each section's rows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from forecourt.policy.importing import page_date
from forecourt.policy.importing.companies.company_finder import CompanyFinder
from forecourt.policy.importing.companies.name_lines import list_name_lines
from forecourt.policy.importing.ledger import Ledger
from forecourt.policy.importing.lost_text import list_lost_text
from forecourt.policy.importing.page import (
    ROWS_AT_MOST,
    Heading,
    LeftOut,
    Metadata,
    Page,
    Prose,
    Table,
    UnplacedContent,
    find_tables,
)
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark, remark_with_texts
from forecourt.policy.importing.tables import rows
from forecourt.policy.importing.tables.purpose_column import (
    PurposeQuestion,
    ask_for_purpose,
    has_column,
    list_columns,
)
from forecourt.policy.importing.tables.rows import ImportedRow, RowReader


@dataclass(frozen=True)
class Section:
    """Holds a heading, its prose and the rows of each table under it. `caption` is the first that a table has."""

    title: str
    prose: str
    tables: tuple[tuple[ImportedRow, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Outline:
    """Holds what a page says, in the order of the page."""

    language: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    updated: date | None
    unplaced: tuple[UnplacedContent, ...] = ()
    assumed: tuple[UnplacedContent, ...] = ()
    purpose_question: PurposeQuestion | None = None

    @property
    def texts(self) -> Iterator[str]:
        """Yields every text that becomes one of the draft's."""
        yield from (self.title, self.summary)
        for section in self.sections:
            yield from (section.title, section.prose, section.caption if section.tables else "")
            yield from (text for table in section.tables for row in table for text in row.texts)

    @property
    def tables(self) -> tuple[tuple[ImportedRow, ...], ...]:
        return tuple(table for section in self.sections for table in section.tables)


def to_outline(
    source_page: Page, language: str, known_names: Collection[str] = (), purpose_column: str | None = None
) -> Outline:
    """Returns what the page says. `known_names` are the letters of companies that the draft has already.

    `purpose_column` is the heading that a person named for the purpose, blank for none; None where nobody did. Raises
    `PageRefused` where the page has too many rows, or no such column.
    """
    ledger = Ledger()
    page = CompanyFinder(language, ledger, known_names).find(source_page)
    _refuse_too_many_rows(page)
    _require_column(page, purpose_column)
    reader = RowReader(language, ledger, rows.find_known_names(page), purpose_column)
    metadata = _find_metadata(page, ledger)
    title, blocks = _split_title(page, bool(metadata.title))
    first_section, *sections = _parse_sections(blocks, reader)
    # Prose before the first heading is the summary; a table there has a section of its own.
    above = [Section("", "", first_section.tables, first_section.caption)] if first_section.tables else []
    day = _find_updated_date(page, metadata, language, ledger)
    if title and metadata.title and metadata.title != title:
        ledger.miss(PagePlace(PagePart.FRONT_MATTER), remark(RemarkKind.OTHER_TITLE, text=metadata.title))
    if not above and not any(section.tables for section in sections):
        ledger.miss(PagePlace(PagePart.PAGE), remark(RemarkKind.NO_COMPANY))
        list_name_lines(page, language, ledger)
    outline = Outline(language, title or metadata.title, first_section.prose, (*above, *sections), day)
    list_lost_text(source_page, language, ledger, outline.texts)
    question = ask_for_purpose(page, language) if purpose_column is None else None
    return replace(outline, unplaced=tuple(ledger.unplaced), assumed=tuple(ledger.assumed), purpose_question=question)


def _find_metadata(page: Page, ledger: Ledger) -> Metadata:
    blocks = [block for block in page if isinstance(block, Metadata)]
    for block in blocks:
        if block.assumption:
            ledger.assume(PagePlace(PagePart.FILE), block.assumption)
    return next((block for block in blocks if block.title or block.updated), Metadata())


def _refuse_too_many_rows(page: Page) -> None:
    if (count := sum(len(table.rows) for table in find_tables(page))) > ROWS_AT_MOST:
        raise PageRefused(remark(RemarkKind.TOO_MANY_ROWS, count=count, most=ROWS_AT_MOST))


def _require_column(page: Page, heading: str | None) -> None:
    if heading and not has_column(page, heading):
        headings = [each.heading for each in list_columns(page)]
        raise PageRefused(remark_with_texts(RemarkKind.NO_COLUMN, headings, heading=heading))


def _split_title(page: Page, has_other: bool) -> tuple[str, Page]:
    """Returns the page's title and the rest of the page.

    The title is the first heading if no later one is of its level or a higher one. A lone heading must be an `h1`, and
    so must one beside a title that stands elsewhere.
    """
    headings = [block for block in page if isinstance(block, Heading)]
    level = headings[0].level if headings else 0
    must_be_first = has_other or len(headings) == 1
    if not headings or any(each.level <= level for each in headings[1:]) or (must_be_first and level > 1):
        return "", page
    return headings[0].text, tuple(block for block in page if block is not headings[0])


def _parse_sections(page: Page, reader: RowReader) -> Iterator[Section]:
    """Yields what stands above the first heading, without a title, and then a section for each heading."""
    title, prose, tables, caption = "", list[str](), list[tuple[ImportedRow, ...]](), ""
    for block in page:
        if isinstance(block, Heading):
            yield Section(title, "\n\n".join(prose), tuple(tables), caption)
            title, prose, tables, caption = block.text, [], [], ""
        elif isinstance(block, Prose):
            prose.append(block.text)
        elif isinstance(block, LeftOut):
            reader.list_left_out(block)
        elif isinstance(block, Table):
            tables += [table_rows] if (table_rows := reader.read_table(block)) else []
            caption = caption or block.caption
    yield Section(title, "\n\n".join(prose), tuple(tables), caption)


def _find_updated_date(page: Page, metadata: Metadata, language: str, ledger: Ledger) -> date | None:
    """Returns the day that stands in the page, or else the one of its front matter."""
    lines = (line for block in page if isinstance(block, (Heading, Prose)) for line in block.text.splitlines())
    of_page = page_date.find_page_date(lines, language)
    of_metadata = page_date.find_page_date([f"Updated: {metadata.updated}"], language)
    day = of_page.day or of_metadata.day
    remarks = [*of_page.remarks, *of_metadata.remarks]
    if of_metadata.day and of_metadata.day != day:
        remarks.append(remark(RemarkKind.OTHER_DAY, other=str(of_metadata.day), day=str(day)))
    for loss in remarks:
        ledger.miss(PagePlace(PagePart.PAGE_DATE), loss)
    return day
