"""Chooses which column of a table names the companies, by its heading and by what stands in it.

Of two that could, the other is the service where it says what the company's product is called, and is named otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from forecourt.policy.importing.companies.company_names import has_legal_form
from forecourt.policy.importing.page import Table
from forecourt.policy.importing.remark import Remark, RemarkKind, remark, remark_with_texts
from forecourt.policy.importing.tables.columns import (
    Column,
    find_column_beside_company,
    is_bare_name,
    names_companies,
    names_company_with_address,
    names_legal_entities,
    rank_heading,
    to_column,
)

_MOST = 0.5  # of the cells
_PROSE_FROM = 60  # characters of a cell on average, which no name has


@dataclass(frozen=True)
class ChosenColumns:
    """Holds what each column is taken for, and remarks about columns.

    Of `losses` nothing is taken; what `assumptions` say is taken, but the heading does not say it.
    """

    columns: tuple[Column | None, ...]
    losses: tuple[tuple[int, Remark], ...] = ()
    assumptions: tuple[tuple[int, Remark], ...] = ()


def choose_columns(table: Table) -> ChosenColumns:
    columns = list(map(to_column, table.headings))
    candidates = [index for index, column in enumerate(columns) if column is Column.ENTITY]
    if not candidates:
        return _choose_near_column(table, columns)
    if len(candidates) == 1:
        return ChosenColumns(tuple(columns))
    choice = min(candidates, key=lambda index: _order(table, index, candidates))
    losses: list[tuple[int, Remark]] = []
    for index in [each for each in candidates if each != choice]:
        if Column.SERVICE not in columns and _names_products(table, index, choice):
            columns[index] = Column.SERVICE
        else:
            columns[index] = None
            losses.append((index, _describe_loss(table, index, choice)))
    return ChosenColumns(tuple(columns), tuple(losses))


def _choose_near_column(table: Table, columns: list[Column | None]) -> ChosenColumns:
    """Takes what is nearest, as in `Service | Purpose | Location` and `Name and address | Purpose | Data`."""
    with_place = [index for index, text in enumerate(table.headings) if find_column_beside_company(text)]
    with_address = [index for index, text in enumerate(table.headings) if names_company_with_address(text)]
    services = [index for index, column in enumerate(columns) if column is Column.SERVICE]
    if not names_companies(table.headings):
        return ChosenColumns(tuple(columns))
    index = (with_place or with_address or services)[0]
    columns[index] = Column.ENTITY
    assumption = remark(RemarkKind.COLUMN_AS_COMPANY, heading=table.headings[index])
    return ChosenColumns(tuple(columns), (), ((index, assumption),))


def _order(table: Table, index: int, candidates: Sequence[int]) -> tuple[bool, bool, bool, bool, int, int]:
    """Returns what sorts the best candidate first: it varies, is no prose, is filled, and has legal forms."""
    shares = {each: _share_of_legal_forms(table, each) for each in candidates}
    others_have_none = max((share for each, share in shares.items() if each != index), default=0) < 1 - _MOST
    return (
        _is_constant(table, index) and not all(_is_constant(table, each) for each in candidates),
        sum(map(len, _texts(table, index))) > _PROSE_FROM * max(1, len(_texts(table, index))),
        2 * len(_texts(table, index)) < len(table.rows),
        not (shares[index] >= _MOST and others_have_none),
        rank_heading(table.headings[index]),
        index,
    )


def _names_products(table: Table, index: int, choice: int) -> bool:
    """Returns whether the column says another name for each company, as `AWS` beside `Amazon Web Services, Inc.`"""
    if _is_constant(table, index) or _texts(table, index) == _texts(table, choice):
        return False
    is_legal = names_legal_entities(table.headings[choice]) or _share_of_legal_forms(table, choice) >= _MOST
    return is_bare_name(table.headings[index]) or (is_legal and _share_of_legal_forms(table, index) < _MOST)


def _describe_loss(table: Table, index: int, choice: int) -> Remark:
    return remark_with_texts(
        RemarkKind.SECOND_COMPANY_COLUMN,
        _texts(table, index),
        heading=table.headings[index],
        other=table.headings[choice],
    )


def _is_constant(table: Table, index: int) -> bool:
    return len(table.rows) > 1 and len({text.casefold() for text in _texts(table, index)}) == 1


def _share_of_legal_forms(table: Table, index: int) -> float:
    texts = _texts(table, index)
    return sum(map(has_legal_form, texts)) / len(texts) if texts else 0


def _texts(table: Table, index: int) -> list[str]:
    return [text for row in table.rows if index < len(row.cells) and (text := row.texts[index])]
