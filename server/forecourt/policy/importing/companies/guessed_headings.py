"""Guesses which column names the companies, where no heading says so and the page announces companies."""

from collections.abc import Sequence
from dataclasses import replace

from forecourt.policy.importing import dates
from forecourt.policy.importing.companies.candidates import Context, Group
from forecourt.policy.importing.companies.company_names import NameSign
from forecourt.policy.importing.companies.item_reader import Candidate, ItemReader
from forecourt.policy.importing.companies.labels import is_label
from forecourt.policy.importing.companies.name_splitter import is_places
from forecourt.policy.importing.evidence import CompanySign, Evidence, Sureness
from forecourt.policy.importing.page import Table
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.column_choice import choose_columns
from forecourt.policy.importing.tables.columns import Column, find_column_beside_company, to_column
from forecourt.policy.importing.tables.table_headings import count_columns

_MAJORITY = 0.6  # of the cells of a column
_LOOKED_AT = 100  # rows
_EVIDENCE = Evidence(Sureness.UNSURE, (CompanySign.NO_HEADING,))


def guess_headings(table: Table, reader: ItemReader, context: Context) -> Table | None:
    """Returns the table with a column for the companies, or None where none plainly is one."""
    if count_columns(table.headings) or not table.rows or context is Context.NONE:
        return None
    width = max(len(row.cells) for row in table.rows)
    columns = [
        [row.texts[index] for row in table.rows[:_LOOKED_AT] if index < len(row.cells)] for index in range(width)
    ]
    names = next((index for index, texts in enumerate(columns) if _are_names(texts, table, reader, context)), None)
    if names is None:
        return None
    headings: list[str] = []
    for index, texts in enumerate(columns):
        heading = table.headings[index] if index < len(table.headings) else ""
        guess = "Company" if index == names else _guess_heading(texts, reader.language, headings)
        headings.append(guess if index == names or not heading else heading)
    return replace(table, headings=tuple(headings), rows=tuple(replace(row, evidence=_EVIDENCE) for row in table.rows))


def are_companies(table: Table, reader: ItemReader) -> bool:
    """Returns whether the cells below a heading are companies where it says more than that they are.

    `Examples, which third-party providers may set` stands above cookies.
    """
    columns = choose_columns(table).columns
    names = columns.index(Column.ENTITY) if Column.ENTITY in columns else None
    if names is None or (is_label(table.headings[names]) and to_column(table.headings[names]) is Column.ENTITY):
        return True
    if find_column_beside_company(table.headings[names]):
        return True
    texts = [row.texts[names] for row in table.rows[:_LOOKED_AT] if names < len(row.cells)]
    return 2 * sum(reader.judge(text) >= NameSign.WEAK for text in texts) >= len(texts)


def _are_names(texts: Sequence[str], table: Table, reader: ItemReader, context: Context) -> bool:
    """Returns whether a column is one of companies, as a list of its cells would be."""
    items = tuple(
        (Candidate(text, reader.judge(text), row.cells[0], {"Purpose": ()}),)
        for text, row in zip(texts, table.rows, strict=False)
    )
    return Group(table.shape, items, context).is_companies() and any(each[0].sign >= NameSign.NAME for each in items)


def _guess_heading(texts: Sequence[str], language: str, before: Sequence[str]) -> str:
    filled_texts = [text for text in texts if text]
    tests = {
        "Location": lambda text: is_places(text, language, is_alone=True),
        "Contact": lambda text: bool(cell_parser.MAILBOX.fullmatch(text)),
        "Effective date": lambda text: len(text) < 30 and bool(dates.find_dates(text, language)),
        "Purpose": lambda text: any(letter.isalpha() for letter in text) and "://" not in text,
    }
    for heading, test in tests.items():
        if heading not in before and filled_texts and sum(map(test, filled_texts)) >= _MAJORITY * len(filled_texts):
            return heading
    return ""
