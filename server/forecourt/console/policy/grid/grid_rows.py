"""Lays the draft out as a grid: a row for each engagement, a cell for each fact, and what asks for a person's look."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from forecourt import i18n
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.grid.cell_merge import CellConflict, RemovedRow
from forecourt.console.policy.grid.cell_texts import CellTexts, find_company
from forecourt.console.policy.grid.grid_columns import COLUMNS, OWNER_COLUMNS, OWNER_ROW, GridColumn, cell_name
from forecourt.console.policy.grid.grid_entry import GridEntry
from forecourt.console.policy.grid.suggestions import Suggestion, suggest
from forecourt.policy.drafts import ImportNote
from forecourt.policy.stated_facts import is_optional

_COLUMN_OF_FACT = {"entity": "legal_name", "seat": "country"}  # what import calls these columns


@dataclass(frozen=True)
class GridCell:
    """Holds one cell. `is_gap`: a fact is missing; `is_needed`: without it, nothing can be published.

    `notes` are what import said of it, and `suggestions` what is offered for it. A cell that is not `is_asked` shows
    its text and has no field.
    """

    column: GridColumn
    name: str
    text: str
    is_gap: bool
    is_needed: bool
    is_asked: bool
    notes: Sequence[str] = ()
    suggestions: Sequence[Suggestion] = ()
    conflict: CellConflict | None = None

    @property
    def is_empty(self) -> bool:
        """Checks whether it shows nothing and asks for nothing."""
        return not (self.text or self.is_asked or self.suggestions)

    @property
    def is_spare(self) -> bool:
        """Checks whether it asks for what the policy may leave out, and nothing speaks of it. A phone folds it away."""
        is_spoken_of = bool(self.text or self.notes or self.suggestions or self.conflict)
        return self.is_gap and not self.is_needed and not is_spoken_of


@dataclass(frozen=True)
class GridRow:
    """Holds one row. `opened` is what its cells say, as JSON, for the form to send back. `notes` are about all of it.

    `removal` is there where somebody removed it while another one typed in it.
    """

    id: str
    title: str
    opened: str
    cells: Sequence[GridCell]
    notes: Sequence[str] = ()
    removal: RemovedRow | None = None

    @property
    def has_notes(self) -> bool:
        return bool(self.notes) or any(cell.notes for cell in self.cells)


@dataclass(frozen=True)
class GridLayout:
    """Builds the rows. `asks_all` gives each cell a field.

    `typed` has the texts of cells as somebody typed them, and `conflicts` the cells that another one changed meanwhile.
    """

    state: DraftState
    texts: CellTexts
    asks_all: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, CellConflict] = field(default_factory=dict)
    entry: GridEntry | None = None

    def owner(self) -> GridRow:
        """Returns the row of the company whose policy it is."""
        title = find_company(self.state.policy, OWNER_ROW).legal_name
        return self._row(OWNER_ROW, title, OWNER_COLUMNS, ())

    def rows(self) -> Iterator[GridRow]:
        """Yields a row for each engagement. A company's own facts stand in its first row, the owner's in its own."""
        facts = self.state.policy.facts
        companies = {facts.processor.entity}
        for engagement in facts.engagements:
            entity, is_first = facts.entity(engagement.entity), engagement.entity not in companies
            companies.add(engagement.entity)
            columns = [column for column in COLUMNS if is_first or not column.is_of_entity]
            yield self._row(engagement.id, entity.legal_name, columns, suggest(entity, engagement, self.texts))

    def removed_row(self, removal: RemovedRow) -> GridRow:
        """Returns a row that is no longer there, with fields for what was typed in it."""
        cells = [self._removed_cell(removal, column) for column in COLUMNS]
        return GridRow(removal.id, removal.title, _to_json(removal.opened), cells, removal=removal)

    def _removed_cell(self, removal: RemovedRow, column: GridColumn) -> GridCell:
        name, is_asked = cell_name(removal.id, column.name), column.name in removal.mine
        text = removal.mine.get(column.name, removal.opened.get(column.name, ""))
        return GridCell(column, name, text, False, False, is_asked, conflict=self.conflicts.get(name))

    def _row(self, row: str, title: str, columns: Iterable[GridColumn], offers: Sequence[Suggestion]) -> GridRow:
        notes = [note for note in self.state.draft.notes if note.engagement == row] if self.state.draft else []
        cells = [self._cell(row, column, notes, offers) for column in columns]
        names = {cell.column.name for cell in cells}
        others = [note.sentence(self._words) for note in notes if _column_of(note) not in names]
        return GridRow(row, title or row, self._opened_texts(row), cells, others)

    @property
    def _words(self) -> i18n.Words:
        return i18n.words(self.texts.locale)

    def _opened_texts(self, row: str) -> str:
        """Returns what every cell says. One in conflict says what it did when it was opened, until somebody chose."""
        columns = OWNER_COLUMNS if row == OWNER_ROW else COLUMNS
        texts = {column.name: self.texts.of_cell(row, column) for column in columns}
        for column in texts:
            name = cell_name(row, column)
            if name in self.conflicts and self.entry:
                texts[column] = self.entry.opened_text(name)
        return _to_json(texts)

    def _cell(
        self, row: str, column: GridColumn, row_notes: Sequence[ImportNote], offers: Sequence[Suggestion]
    ) -> GridCell:
        name, text = cell_name(row, column.name), self.texts.of_cell(row, column)
        notes = [note.sentence(self._words) for note in row_notes if _column_of(note) == column.name]
        is_gap = not text and not column.is_extra
        is_asked = self.asks_all or is_gap or bool(notes) or name in self.typed
        is_needed = not column.is_extra and not is_optional(self.state.policy.facts, column.name)
        suggestions = [offer for offer in offers if offer.column == column.name]
        conflict = self.conflicts.get(name)
        return GridCell(
            column, name, self.typed.get(name, text), is_gap, is_needed, is_asked, notes, suggestions, conflict
        )


def _to_json(texts: Mapping[str, str]) -> str:
    return msgspec.json.encode(texts).decode()


def _column_of(note: ImportNote) -> str:
    return _COLUMN_OF_FACT.get(note.fact, note.fact)


def find_remaining_notes(
    notes: Sequence[ImportNote], looked_at: Sequence[str], changes: Mapping[str, Sequence[str]]
) -> tuple[ImportNote, ...]:
    """Returns the notes without those of rows that somebody has looked at, and of cells that were changed.

    `changes` maps a row to the columns that were.
    """
    return tuple(
        note
        for note in notes
        if note.engagement not in looked_at and _column_of(note) not in changes.get(note.engagement, ())
    )
