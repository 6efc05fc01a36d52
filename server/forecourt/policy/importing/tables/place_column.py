"""Decides which column says where a company processes, where no heading asks for it: one whose cells name places."""

from dataclasses import replace

from forecourt.policy.importing.page import Shape, Table
from forecourt.policy.importing.places.locations import parse_locations
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.tables.column_choice import ChosenColumns
from forecourt.policy.importing.tables.columns import Column, has_no_place_in_policy


def settle_places(table: Table, choice: ChosenColumns, language: str) -> ChosenColumns:
    """Returns the choice with a column for the places: the first whose heading says nothing, and whose cells do."""
    is_needed = Column.ENTITY in choice.columns and Column.LOCATIONS not in choice.columns
    if not is_needed or table.shape is not Shape.TABLE:
        return choice
    index = next((each for each in _unknown_columns(table, choice) if _names_places(table, each, language)), None)
    if index is None:
        return choice
    columns = [*choice.columns]
    columns[index] = Column.LOCATIONS
    assumption = (index, remark(RemarkKind.COLUMN_AS_PLACES, heading=table.headings[index]))
    return replace(choice, columns=tuple(columns), assumptions=(*choice.assumptions, assumption))


def _unknown_columns(table: Table, choice: ChosenColumns) -> list[int]:
    lost = {index for index, _ in choice.losses}
    return [
        index
        for index, (heading, column) in enumerate(zip(table.headings, choice.columns, strict=True))
        if column is None and index not in lost and heading.strip() and not has_no_place_in_policy(heading)
    ]


def _names_places(table: Table, index: int, language: str) -> bool:
    """Returns whether every cell that is filled names countries or regions, and nothing else."""
    texts = [row.texts[index] for row in table.rows if index < len(row.cells) and row.texts[index]]
    readings = [parse_locations(text, language) for text in texts]
    return bool(texts) and all(
        (reading.locations or reading.regions) and len(reading.remarks) == len(reading.regions) for reading in readings
    )
