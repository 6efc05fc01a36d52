"""Lays the draft out as a grid: a row for each engagement, a cell for each fact, and what asks for a person's look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.console.policy.grid.grid_columns import COLUMNS, OWNER_PREFIX, GridColumn, cell_name
from forecourt.console.policy.grid.suggestions import Suggestion, suggest
from forecourt.policy import drafts
from forecourt.policy.drafts import ImportNote
from forecourt.policy.model import Engagement, Entity

_NEEDED_BY_LISTED = ("legal_name", "purpose", "locations")
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

    @property
    def is_empty(self) -> bool:
        """Checks whether it shows nothing and asks for nothing."""
        return not (self.text or self.is_asked or self.suggestions)


@dataclass(frozen=True)
class GridRow:
    """Holds one row. `version` is a fingerprint of its cells. `notes` are about the row as a whole."""

    id: str
    title: str
    version: str
    cells: Sequence[GridCell]
    notes: Sequence[str] = ()

    @property
    def has_notes(self) -> bool:
        return bool(self.notes) or any(cell.notes for cell in self.cells)

    @property
    def is_done(self) -> bool:
        """Checks whether nothing in it asks for a look."""
        return not self.has_notes and not any(cell.is_gap for cell in self.cells)


@dataclass(frozen=True)
class GridLayout:
    """Builds the rows. `typed` has the texts of cells as somebody typed them; `asks_all` gives each cell a field."""

    state: DraftState
    texts: CellTexts
    asks_all: bool = False
    typed: Mapping[str, str] | None = None

    def rows(self) -> Iterator[GridRow]:
        """Yields the rows: of our own company, where it is no subprocessor, and of each engagement."""
        facts = self.state.policy.facts
        owner = facts.processor.entity
        if owner not in {engagement.entity for engagement in facts.engagements}:
            yield self._row(OWNER_PREFIX + owner, facts.entity(owner), None, is_first=True)
        entities: set[str] = set()
        for engagement in facts.engagements:
            is_first = engagement.entity not in entities
            entities.add(engagement.entity)
            yield self._row(engagement.id, facts.entity(engagement.entity), engagement, is_first)

    def _row(self, row: str, entity: Entity, engagement: Engagement | None, is_first: bool) -> GridRow:
        """Returns the row. A company's own facts stand in the first of its rows."""
        notes = [note for note in self.state.draft.notes if note.engagement == row] if self.state.draft else []
        columns = [column for column in COLUMNS if (is_first if column.is_of_entity else engagement)]
        offers = suggest(entity, engagement, self.texts)
        cells = [self._cell(row, column, self._text(entity, engagement, column), notes, offers) for column in columns]
        version = drafts.fingerprint([self._text(entity, engagement, cell.column) for cell in cells])
        names = {cell.column.name for cell in cells}
        others = [note.text for note in notes if _column_of(note) not in names]
        return GridRow(row, entity.legal_name or row, version, cells, others)

    def _text(self, entity: Entity, engagement: Engagement | None, column: GridColumn) -> str:
        if column.is_of_entity or engagement is None:
            return self.texts.of_entity(entity, column.name)
        return self.texts.of_engagement(engagement, column.name)

    def _cell(
        self, row: str, column: GridColumn, text: str, row_notes: Sequence[ImportNote], offers: Sequence[Suggestion]
    ) -> GridCell:
        name = cell_name(row, column.name)
        notes = [note.text for note in row_notes if _column_of(note) == column.name]
        typed_text = (self.typed or {}).get(name)
        is_gap = not text and not column.is_extra
        is_asked = self.asks_all or is_gap or bool(notes) or typed_text is not None
        shown_text = text if typed_text is None else typed_text
        is_needed = column.name in _NEEDED_BY_LISTED
        suggestions = [offer for offer in offers if offer.column == column.name]
        return GridCell(column, name, shown_text, is_gap, is_needed, is_asked, notes, suggestions)


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
