"""Puts what was typed into cells together with what others have saved since the form was opened.

A cell that only one of two people changed is theirs. Where both did, or where a row was removed in which somebody
typed, they choose: nothing is overwritten, and nothing that was typed is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.console.policy.grid.grid_columns import COLUMNS_BY_NAME, OWNER_ROW
from forecourt.console.policy.grid.grid_entry import MINE, THEIRS, GridEntry, split_name
from forecourt.errors import Malformed
from forecourt.policy import drafts
from forecourt.policy.model import Policy


@dataclass(frozen=True)
class CellConflict:
    """Holds both texts of a cell. `choice` is `mine`, `theirs`, or empty where nobody has chosen yet."""

    theirs: str
    mine: str
    choice: str

    @property
    def keep_mine(self) -> str:
        """Returns the form's value for keeping one's own text: over this text of theirs, and over no later one."""
        return _keep_mine(self.theirs)


@dataclass(frozen=True)
class RemovedRow:
    """Holds a row that somebody removed, as it was, and what was typed in it. `choice` is that of `CellConflict`."""

    id: str
    opened: Mapping[str, str]
    mine: Mapping[str, str]
    choice: str

    @property
    def title(self) -> str:
        return self.opened.get("legal_name", "") or self.id


@dataclass(frozen=True)
class MergedEntry:
    """Holds the texts to write, and the cells that two people changed at once, by the cell's name."""

    texts: Mapping[str, str]
    conflicts: Mapping[str, CellConflict]


def merge_entry(entry: GridEntry, texts: CellTexts) -> MergedEntry:
    """Merges by three texts of each cell: as it was opened, as it was typed, and as the policy has it now."""
    present_rows = _list_rows(texts.policy)
    conflicts: dict[str, CellConflict] = {}
    merged: dict[str, str] = {}
    for name, mine in entry.changed_cells.items():
        row, column = split_name(name)
        if row not in present_rows:
            continue
        theirs = texts.of_cell(row, COLUMNS_BY_NAME[column])
        if mine == theirs:
            continue
        if theirs != entry.opened_text(name):
            conflicts[name] = CellConflict(theirs, mine, _read_choice(entry.choices.get(name, ""), theirs))
        if name not in conflicts or conflicts[name].choice == MINE:
            merged[name] = mine
    return MergedEntry(merged, conflicts)


def find_removed_rows(entry: GridEntry, policy: Policy) -> list[RemovedRow]:
    """Returns the rows in which something was typed and that are no longer there. Raises `Malformed`."""
    typed: dict[str, dict[str, str]] = {}
    for name, text in entry.changed_cells.items():
        row, column = split_name(name)
        typed.setdefault(row, {})[column] = text
    return [_to_removed(entry, row, typed[row]) for row in sorted(typed.keys() - _list_rows(policy))]


def _list_rows(policy: Policy) -> set[str]:
    return {OWNER_ROW, *(engagement.id for engagement in policy.facts.engagements)}


def _to_removed(entry: GridEntry, row: str, mine: Mapping[str, str]) -> RemovedRow:
    if not is_key(row):
        raise Malformed("no row of a policy")
    choice = entry.choices.get(row, "")
    return RemovedRow(row, entry.opened_rows.get(row, {}), mine, choice if choice in (MINE, THEIRS) else "")


def _read_choice(value: str, theirs: str) -> str:
    """Returns the choice; empty where it was made over another text than theirs is by now."""
    return {THEIRS: THEIRS, _keep_mine(theirs): MINE}.get(value, "")


def _keep_mine(theirs: str) -> str:
    return f"{MINE}.{drafts.fingerprint(theirs)}"
