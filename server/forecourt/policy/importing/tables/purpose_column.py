"""Decides which column says what each company is for, where no heading asks for it or a person names another.

In many tables "Service" is what a product is called; in others it is what is done. Only its cells tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forecourt.policy.importing.companies.company_names import NameSign, judge_name
from forecourt.policy.importing.page import Page, Shape, Table, find_tables
from forecourt.policy.importing.remark import Remark, RemarkKind, remark, remark_with_texts
from forecourt.policy.importing.tables.column_choice import ChosenColumns, choose_columns
from forecourt.policy.importing.tables.columns import Column, names_services

_MOST = 0.6  # of the cells that have to say what is done
_EXAMPLE_AT_MOST = 80  # characters


@dataclass(frozen=True)
class ColumnExample:
    """Holds a heading and what stands below it first."""

    heading: str
    example: str


@dataclass(frozen=True)
class PurposeQuestion:
    """Asks which column says the purpose. `guess` is the heading that import takes; blank where it takes none."""

    columns: tuple[ColumnExample, ...]
    guess: str = ""


def settle_purpose(table: Table, choice: ChosenColumns, heading: str | None, language: str) -> ChosenColumns:
    """Returns the choice with a column for the purpose: the one below `heading`, or else one that says what is done.

    `heading` is what a person gave, blank where they said that there is none, and None where nobody was asked.
    """
    if Column.ENTITY not in choice.columns or table.shape is not Shape.TABLE:
        return choice
    index = _find_heading(table, choice, heading)
    if index is not None:
        return _take_named(table, choice, index)
    guess = None if heading == "" else _guess_index(table, choice, language)
    if guess is None:
        return choice
    assumption = (guess, remark(RemarkKind.COLUMN_AS_PURPOSE, heading=table.headings[guess]))
    return replace(_with_purpose(choice, guess), assumptions=(*choice.assumptions, assumption))


def has_column(page: Page, heading: str) -> bool:
    """Returns whether a table of companies has a column with the heading, beside that of the companies."""
    return any(_find_heading(table, choose_columns(table), heading) is not None for table in _find_companies(page))


def list_columns(page: Page) -> tuple[ColumnExample, ...]:
    """Returns the columns of the page's tables of companies, each heading once, without those of the companies."""
    examples: dict[str, ColumnExample] = {}
    for table in _find_companies(page):
        for index in _other_columns(table, choose_columns(table)):
            heading = table.headings[index]
            examples.setdefault(_to_key(heading), ColumnExample(heading, _find_example(table, index)))
    return tuple(examples.values())


def ask_for_purpose(page: Page, language: str) -> PurposeQuestion | None:
    """Returns the question where a table of companies has no heading that asks for a purpose; else None."""
    tables = [table for table in _find_companies(page) if Column.PURPOSE not in choose_columns(table).columns]
    columns = list_columns(tuple(tables))
    guesses = [(table, _guess_index(table, choose_columns(table), language)) for table in tables]
    guess = next((table.headings[index] for table, index in guesses if index is not None), "")
    return PurposeQuestion(columns, guess) if columns else None


def _find_companies(page: Page) -> list[Table]:
    tables = (each for each in find_tables(page) if each.shape is Shape.TABLE and each.names_companies)
    return [table for table in tables if Column.ENTITY in choose_columns(table).columns]


def _other_columns(table: Table, choice: ChosenColumns) -> list[int]:
    return [
        index
        for index, (heading, column) in enumerate(zip(table.headings, choice.columns, strict=True))
        if heading.strip() and column is not Column.ENTITY
    ]


def _find_heading(table: Table, choice: ChosenColumns, heading: str | None) -> int | None:
    key = _to_key(heading or "")
    others = _other_columns(table, choice) if key else []
    return next((index for index in others if _to_key(table.headings[index]) == key), None)


def _take_named(table: Table, choice: ChosenColumns, index: int) -> ChosenColumns:
    """Takes the column that a person named. One whose heading asks for the purpose is listed with what it says."""
    others = [each for each, column in enumerate(choice.columns) if column is Column.PURPOSE and each != index]
    losses = [(each, _describe_loss(table, each, index)) for each in others]
    without = tuple(None if each in others else column for each, column in enumerate(choice.columns))
    return _with_purpose(replace(choice, columns=without, losses=(*choice.losses, *losses)), index)


def _with_purpose(choice: ChosenColumns, index: int) -> ChosenColumns:
    columns = [*choice.columns]
    columns[index] = Column.PURPOSE
    return replace(choice, columns=tuple(columns))


def _describe_loss(table: Table, index: int, purpose: int) -> Remark:
    heading, other = table.headings[index], table.headings[purpose]
    return remark_with_texts(RemarkKind.SECOND_PURPOSE_COLUMN, _texts(table, index), heading=heading, other=other)


def _guess_index(table: Table, choice: ChosenColumns, language: str) -> int | None:
    """Returns the column of services whose cells say what is done; None where a heading asks for the purpose."""
    if Column.PURPOSE in choice.columns:
        return None
    services = (index for index, column in enumerate(choice.columns) if column is Column.SERVICE)
    candidates = (index for index in services if names_services(table.headings[index]))
    return next((index for index in candidates if _says_what_is_done(_texts(table, index), language)), None)


def _says_what_is_done(texts: Sequence[str], language: str) -> bool:
    """Returns whether most cells are everyday words, and no names of products."""
    descriptions = [text for text in texts if judge_name(text, language) <= NameSign.COMMON]
    return bool(texts) and len(descriptions) >= _MOST * len(texts)


def _find_example(table: Table, index: int) -> str:
    text = next(iter(_texts(table, index)), "")
    return text if len(text) <= _EXAMPLE_AT_MOST else f"{text[:_EXAMPLE_AT_MOST]}…"


def _texts(table: Table, index: int) -> list[str]:
    return [text for row in table.rows if index < len(row.cells) and (text := row.texts[index])]


def _to_key(heading: str) -> str:
    return " ".join(heading.casefold().split())
