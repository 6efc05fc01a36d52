"""Reads what a form of the grid sent: texts as somebody typed them, and what each row said when they opened it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.grid.grid_columns import cell_name, has_cell
from forecourt.errors import Malformed

MINE, THEIRS = "mine", "theirs"
ROW_PREFIX, CHOICE_PREFIX = "row.", "choice."
_CELL_PREFIX = "cell."


@dataclass(frozen=True)
class GridEntry:
    """Holds the texts by cell, what was chosen in conflicts by cell or row, and the rows that were looked at.

    `opened_rows` are the rows as the form showed them: the text of each column, by its name. `accepted` are the
    suggestions that were ticked, by cell.
    """

    cells: Mapping[str, str]
    opened_rows: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, str]
    looked_at: tuple[str, ...]
    accepted: Mapping[str, str]

    @classmethod
    def from_fields(cls, fields: Fields) -> "GridEntry":
        """Raises `Malformed` where a field is none of the grid's."""
        cells = {name: to_line(form_fields.first_value(fields, name)) for name in fields if _is_of(name, _CELL_PREFIX)}
        accepted = dict(_split_accepted(value) for value in fields.get("accept", ()))
        for name in (*cells, *accepted):
            split_name(name)
        row_names = [name for name in fields if _is_of(name, ROW_PREFIX)]
        rows = {name.removeprefix(ROW_PREFIX): _decode_row(form_fields.first_value(fields, name)) for name in row_names}
        choice_names = [name for name in fields if _is_of(name, CHOICE_PREFIX)]
        choices = {name.removeprefix(CHOICE_PREFIX): form_fields.first_value(fields, name) for name in choice_names}
        return cls(cells, rows, choices, tuple(fields.get("looked_at", ())), accepted)

    @cached_property
    def changed_cells(self) -> Mapping[str, str]:
        """Returns the texts that are not what the form showed, with those of accepted suggestions."""
        texts = {**self.cells, **self.accepted}
        return {name: text for name, text in texts.items() if text != self.opened_text(name)}

    def opened_text(self, name: str) -> str:
        """Returns what the cell said when the form was opened."""
        row, column = split_name(name)
        return to_line(self.opened_rows.get(row, {}).get(column, ""))


def to_line(text: str) -> str:
    """Returns the text in one line, since a cell is one."""
    return " ".join(text.split())


def split_name(name: str) -> tuple[str, str]:
    """Returns the row and the column of a cell. Raises `Malformed` where the grid has no such cell."""
    _, row, column = (*name.split("."), "", "", "")[:3]
    if name != cell_name(row, column) or not has_cell(row, column):
        raise Malformed("no cell of the grid")
    return row, column


def _is_of(name: str, prefix: str) -> bool:
    return name.startswith(prefix)


def _split_accepted(value: str) -> tuple[str, str]:
    name, _, text = value.partition("=")
    return name, to_line(text)


def _decode_row(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise Malformed("no row of the grid") from error
